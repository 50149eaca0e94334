//! Numbers of a section by their octets, counted from 1 as the WMO's manual counts them.

use crate::error::{Error, Result, corrupt};

/// A section, its length and number included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Octets<'a>(pub(super) &'a [u8]);

impl<'a> Octets<'a> {
    /// From an octet to the section's end.
    pub(super) fn from(self, octet: usize) -> Result<&'a [u8]> {
        self.0.get(octet.saturating_sub(1)..).ok_or_else(|| self.short(octet))
    }

    fn array<const N: usize>(self, octet: usize) -> Result<[u8; N]> {
        let bytes = self.0.get(octet.saturating_sub(1)..).and_then(|rest| rest.first_chunk());
        bytes.copied().ok_or_else(|| self.short(octet))
    }

    fn short(self, octet: usize) -> Error {
        corrupt(format!("a section of {} octets has none at {octet}", self.0.len()))
    }

    pub(super) fn u8(self, octet: usize) -> Result<u8> {
        self.array::<1>(octet).map(|[byte]| byte)
    }

    pub(super) fn u16(self, octet: usize) -> Result<u16> {
        self.array(octet).map(u16::from_be_bytes)
    }

    pub(super) fn u32(self, octet: usize) -> Result<u32> {
        self.array(octet).map(u32::from_be_bytes)
    }

    /// A sign and 15 bits.
    pub(super) fn i16(self, octet: usize) -> Result<i32> {
        let number = self.u16(octet)?;
        let magnitude = i32::from(number & 0x7fff);
        Ok(if number & 0x8000 != 0 { -magnitude } else { magnitude })
    }

    /// A sign and 31 bits.
    pub(super) fn i32(self, octet: usize) -> Result<i64> {
        let number = self.u32(octet)?;
        let magnitude = i64::from(number & 0x7fff_ffff);
        Ok(if number & 0x8000_0000 != 0 { -magnitude } else { magnitude })
    }

    pub(super) fn f32(self, octet: usize) -> Result<f32> {
        self.u32(octet).map(f32::from_bits)
    }
}
