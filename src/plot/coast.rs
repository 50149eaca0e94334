//! Coastlines of the world, carried in the package (Natural Earth, simplified; see coastlines.md).

const COASTLINES: &[u8] = include_bytes!("coastlines.bin");

/// Calls `each` with every polyline's (longitude, latitude) in degrees, −180 to 180.
pub fn coastlines(mut each: impl FnMut(&[(f64, f64)])) {
    let Some(body) = COASTLINES.strip_prefix(b"ZSC1") else { return };
    let Some((count, mut rest)) = body.split_first_chunk::<4>() else { return };
    let mut line = Vec::new();
    for _ in 0..u32::from_le_bytes(*count) {
        let Some(points) = leb128(&mut rest) else { return };
        line.clear();
        let (mut lon, mut lat) = (0i64, 0i64);
        for _ in 0..points {
            let (Some(dx), Some(dy)) = (zigzag(&mut rest), zigzag(&mut rest)) else { return };
            lon += dx;
            lat += dy;
            #[allow(clippy::cast_precision_loss)]
            line.push((lon as f64 / 100.0, lat as f64 / 100.0));
        }
        each(&line);
    }
}

fn leb128(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(value);
        }
    }
    None
}

fn zigzag(rest: &mut &[u8]) -> Option<i64> {
    let n = leb128(rest)?;
    Some((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_world_is_there() {
        let (mut lines, mut points) = (0, 0);
        super::coastlines(|line| {
            lines += 1;
            points += line.len();
            assert!(line.iter().all(|(x, y)| (-180.0..=180.0).contains(x) && (-90.0..=90.0).contains(y)));
        });
        assert!(lines > 500 && points > 20_000, "{lines} lines, {points} points");
    }
}
