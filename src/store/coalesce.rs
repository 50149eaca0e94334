//! Reading neighbouring ranges together: one request costs more than a few kilobytes that nobody asked for.

/// Ranges closer than this are read as one.
const MAX_GAP_BYTES: u64 = 64 << 10;
/// No merged range is longer than this, unless one range alone is.
const MAX_MERGED_BYTES: u64 = 8 << 20;

/// Ranges that are read with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// First byte.
    pub offset: u64,
    /// Length in bytes.
    pub len: u64,
    /// Which of the given ranges lie in it, in order of offset.
    pub members: Vec<usize>,
}

/// Groups (offset, length) ranges, by offset.
pub fn coalesce(ranges: &[(u64, u64)]) -> Vec<Group> {
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by_key(|&i| ranges.get(i).copied());
    let mut groups: Vec<Group> = Vec::new();
    for i in order {
        let Some(&(offset, len)) = ranges.get(i) else { continue };
        let end = offset.saturating_add(len);
        if let Some(group) = groups.last_mut() {
            let group_end = group.offset + group.len;
            let merged = end.max(group_end) - group.offset;
            if offset <= group_end.saturating_add(MAX_GAP_BYTES) && merged <= MAX_MERGED_BYTES {
                group.len = merged;
                group.members.push(i);
                continue;
            }
        }
        groups.push(Group { offset, len, members: vec![i] });
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_range_is_in_one_group(ranges in proptest::collection::vec((0u64..50_000_000, 0u64..3_000_000), 0..60)) {
            let groups = coalesce(&ranges);
            let mut members: Vec<usize> = groups.iter().flat_map(|g| g.members.clone()).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..ranges.len()).collect::<Vec<_>>());
            for g in &groups {
                prop_assert!(g.len <= MAX_MERGED_BYTES || g.members.len() == 1);
                for &i in &g.members {
                    let (offset, len) = ranges[i];
                    prop_assert!(offset >= g.offset && offset + len <= g.offset + g.len);
                }
            }
        }
    }

    #[test]
    fn neighbours_are_read_together() {
        let groups = coalesce(&[(100, 50), (0, 100), (10 << 20, 5)]);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0], Group { offset: 0, len: 150, members: vec![1, 0] });
    }
}
