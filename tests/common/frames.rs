//! Blosc frames, written as plainly as their format allows: streams are stored as they are.

const STORED: u8 = 2;
const NOT_SPLIT: u8 = 16;
const LZ4: u8 = 1 << 5;

/// How a frame is made.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// Bytes of an element, as the shuffle sees it.
    pub element: usize,
    /// Elements of a block.
    pub block: usize,
    pub shuffle: Shuffle,
    /// Whether each byte of an element has a stream of its own.
    pub split: bool,
    /// Whether there are no blocks at all.
    pub stored: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shuffle {
    None = 0,
    Bytes = 1,
    Bits = 4,
}

impl Frame {
    /// A frame that holds these bytes.
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        let len = |n: usize| u32::try_from(n).expect("a small frame").to_le_bytes();
        let block = (self.block * self.element).clamp(1, bytes.len().max(1));
        let split = self.split && block.is_multiple_of(self.element);
        let mut starts = Vec::new();
        let mut blocks: Vec<u8> = Vec::new();
        let count = bytes.len().div_ceil(block);
        for own in bytes.chunks(block).filter(|_| !self.stored) {
            starts.extend(len(16 + 4 * count + blocks.len()));
            let own_shuffled = match self.shuffle {
                Shuffle::None => own.to_vec(),
                Shuffle::Bytes => shuffled(self.element, own),
                Shuffle::Bits => bits_shuffled(self.element, own),
            };
            let streams = if split && own.len() == block { self.element } else { 1 };
            for stream in own_shuffled.chunks_exact(own.len() / streams) {
                blocks.extend(len(stream.len()));
                blocks.extend(stream);
            }
        }
        let body = if self.stored { bytes.to_vec() } else { [starts, blocks].concat() };
        let split = if split { 0 } else { NOT_SPLIT };
        let flags = LZ4 | split | self.shuffle as u8 | if self.stored { STORED } else { 0 };
        let head = [vec![2, 1, flags, self.element as u8], len(bytes.len()).to_vec(), len(block).to_vec()];
        [head.concat(), len(16 + body.len()).to_vec(), body].concat()
    }
}

fn shuffled(size: usize, bytes: &[u8]) -> Vec<u8> {
    let n = bytes.len() / size;
    let mut out = bytes.to_vec();
    for (i, j) in (0..n).flat_map(|i| (0..size).map(move |j| (i, j))).filter(|_| size > 1) {
        out[j * n + i] = bytes[i * size + j];
    }
    out
}

fn bits_shuffled(size: usize, bytes: &[u8]) -> Vec<u8> {
    let n = bytes.len() / size;
    let mut out = bytes.to_vec();
    if !n.is_multiple_of(8) {
        return out;
    }
    out[..n * size].fill(0);
    for (i, j) in (0..n).flat_map(|i| (0..size).map(move |j| (i, j))) {
        for b in 0..8 {
            out[(8 * j + b) * (n / 8) + i / 8] |= (bytes[i * size + j] >> b & 1) << (i % 8);
        }
    }
    out
}
