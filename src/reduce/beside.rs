//! Parts of a result, put side by side along a dimension.

use super::field::{Data, Field};
use crate::cf::Labels;
use crate::error::{Code, Error, Result, to_usize};

/// One field of the parts that follow each other along a dimension; all else is the first one's. Coordinates along the
/// dimension follow each other, too.
///
/// # Errors
/// `worker_crashed` for parts that do not belong together.
pub fn beside(dim: &str, parts: Vec<Field>) -> Result<Field> {
    let wrong = || Error::new(Code::WorkerCrashed, format!("parts along {dim:?} do not belong together"));
    let first = parts.first().ok_or_else(wrong)?;
    let at = first.labels.dims.iter().position(|(name, _)| name == dim);
    if let Data::Variables(variables) = &first.data {
        let names: Vec<String> = variables.iter().map(|(name, _)| name.clone()).collect();
        let mut all = Vec::with_capacity(names.len());
        for (i, name) in names.into_iter().enumerate() {
            let one = |part: &Field| match &part.data {
                Data::Variables(variables) => variables.get(i).map(|(_, field)| field.clone()).ok_or_else(wrong),
                _ => Err(wrong()),
            };
            let of_one = parts.iter().map(one).collect::<Result<Vec<Field>>>()?;
            all.push((name, beside(dim, of_one)?));
        }
        let labels = all.first().map_or_else(|| first.labels.clone(), |(_, field)| field.labels.clone());
        return Ok(Field { labels, dtype: first.dtype.clone(), data: Data::Variables(all) });
    }
    let at = at.ok_or_else(wrong)?;
    let outer = to_usize(first.labels.dims.iter().take(at).map(|(_, n)| *n).product(), "result")?;
    let mut labels = first.labels.clone();
    if let Some((_, len)) = labels.dims.get_mut(at) {
        *len = parts.iter().filter_map(|part| part.labels.dims.get(at)).map(|(_, n)| *n).sum();
    }
    for coord in labels.coords.iter_mut().filter(|c| c.dim.as_deref() == Some(dim)) {
        for part in parts.iter().skip(1) {
            let next = part.labels.coords.iter().find(|c| c.name == coord.name).ok_or_else(wrong)?;
            if !extend(&mut coord.labels, &next.labels) {
                return Err(wrong());
            }
        }
    }
    let data = match &first.data {
        Data::F64(_) => Data::F64(interleave(&parts, outer, |d| if let Data::F64(v) = d { Some(v) } else { None })?),
        Data::Int(_) => Data::Int(interleave(&parts, outer, |d| if let Data::Int(v) = d { Some(v) } else { None })?),
        Data::Values(_) => {
            Data::Values(interleave(&parts, outer, |d| if let Data::Values(v) = d { Some(v) } else { None })?)
        }
        Data::Raw(_, dtype) => {
            let bytes = interleave(&parts, outer, |d| if let Data::Raw(v, _) = d { Some(v) } else { None })?;
            Data::Raw(bytes, *dtype)
        }
        // Estimates are made of documents as a whole.
        Data::Variables(_) | Data::Estimated(_) => return Err(wrong()),
    };
    Ok(Field { labels, dtype: first.dtype.clone(), data })
}

fn extend(labels: &mut Labels, next: &Labels) -> bool {
    match (labels, next) {
        (Labels::Numbers(all, _), Labels::Numbers(next, _)) => all.extend(next),
        (Labels::Times(all, calendar), Labels::Times(next, other)) if calendar == other => all.extend(next),
        (Labels::Text(all), Labels::Text(next)) => all.extend(next.iter().cloned()),
        _ => return false,
    }
    true
}

/// The rows of all parts, those of the same outer position one after another.
fn interleave<'a, T: Clone + 'a>(
    parts: &'a [Field],
    outer: usize,
    of: impl Fn(&'a Data) -> Option<&'a Vec<T>>,
) -> Result<Vec<T>> {
    let wrong = || Error::new(Code::WorkerCrashed, "parts of different forms");
    let values: Vec<&Vec<T>> = parts.iter().map(|part| of(&part.data).ok_or_else(wrong)).collect::<Result<_>>()?;
    let total = values.iter().fold(0usize, |all, v| all.saturating_add(v.len()));
    let mut out = Vec::new();
    out.try_reserve_exact(total)
        .map_err(|_| Error::new(Code::OutOfMemory, format!("no memory for a result of {total} items")))?;
    for row in 0..outer {
        for part in &values {
            let len = part.len() / outer.max(1);
            out.extend_from_slice(part.get(row * len..(row + 1) * len).ok_or_else(wrong)?);
        }
    }
    Ok(out)
}
