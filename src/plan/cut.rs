//! What a unit takes of a chunk, dimension by dimension: what is folded, and by what a partial is known again.

use super::{GroupSpan, Plan};
use crate::array::DimIndex;

/// What is taken of a chunk along one dimension. The three have the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// Positions in the chunk.
    pub inside: DimIndex,
    /// The output block's cells that they land on (means nothing where the dimension is reduced).
    pub cells: DimIndex,
    /// Which selected positions they are: the index into weights.
    pub selected: DimIndex,
}

impl Cut {
    /// The same positions are folded in the same way, and known again, however they were selected.
    fn simplest(self) -> Self {
        let Cut { inside, cells, selected } = self;
        Cut { inside: inside.simplest(), cells: cells.simplest(), selected: selected.simplest() }
    }
}

impl Plan {
    /// What of a dimension's chunk is selected, and where it goes in its block; in a block of some groups (see
    /// [`Plan::groups_of`]) only what is in these.
    pub fn cut(&self, dim: usize, chunk: u64, groups_of_block: Option<GroupSpan>) -> Cut {
        let (inside, selected) = match self.index.get(dim).zip(self.array.grid.axes().get(dim)) {
            Some((index, axis)) => axis.within(index, chunk),
            None => (DimIndex::all(0), DimIndex::all(0)),
        };
        let Some(groups) = self.groups.get(dim).and_then(Option::as_ref) else {
            let cells = DimIndex::all(inside.len());
            return Cut { inside, cells, selected }.simplest();
        };
        let cell = |position: u64| {
            let own = u64::from((*groups.of.get(usize::try_from(position).ok()?)?)?);
            groups_of_block.map_or(Some(own), |groups| groups.place(own))
        };
        let pairs = inside.positions().zip(selected.positions());
        let (mut within, mut cells, mut chosen) = (Vec::new(), Vec::new(), Vec::new());
        for (inside, selected, cell) in pairs.filter_map(|(i, s)| Some((i, s, cell(s)?))) {
            within.push(inside);
            cells.push(cell);
            chosen.push(selected);
        }
        Cut { inside: DimIndex::List(within), cells: DimIndex::List(cells), selected: DimIndex::List(chosen) }
            .simplest()
    }
}
