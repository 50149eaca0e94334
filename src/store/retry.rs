//! When to try again, and after how long: decorrelated jitter, bounded in time and count.
//!
//! Source of the shape and the figures: object_store's RetryConfig and the "Exponential Backoff And Jitter" article of
//! the AWS Architecture Blog.

/// Attempts in all, the first one included.
pub const RETRY_ATTEMPTS: u32 = 5;
/// First pause, in milliseconds.
const BASE_MS: f64 = 200.0;
/// Longest pause, in milliseconds.
const CAP_MS: f64 = 15_000.0;
/// Longest pause that a server can ask for by Retry-After, in milliseconds.
const RETRY_AFTER_CAP_MS: f64 = 30_000.0;

/// Statuses that may pass: throttling, time-outs, and the server's own failures.
pub fn is_retryable_status(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// The pauses between attempts: each is drawn between the base and three times the one before, and capped.
pub struct Backoff {
    previous_ms: f64,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { previous_ms: BASE_MS }
    }
}

impl Backoff {
    /// The next pause in milliseconds. `random` is uniform in [0, 1); `retry_after_s` is what the server asked for.
    pub fn next_ms(&mut self, random: f64, retry_after_s: Option<f64>) -> f64 {
        let high = (self.previous_ms * 3.0).max(BASE_MS);
        self.previous_ms = (BASE_MS + random * (high - BASE_MS)).min(CAP_MS);
        match retry_after_s {
            Some(s) if s.is_finite() && s >= 0.0 => (s * 1000.0).min(RETRY_AFTER_CAP_MS).max(self.previous_ms),
            _ => self.previous_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let mut b = Backoff::default();
        let pauses: Vec<f64> = (0..12).map(|_| b.next_ms(0.999, None)).collect();
        assert!(pauses[0] >= BASE_MS && pauses[0] < 3.0 * BASE_MS);
        assert!(pauses.windows(2).all(|w| w[1] >= w[0]));
        assert_eq!(pauses[11], CAP_MS);
        assert_eq!(Backoff::default().next_ms(0.0, None), BASE_MS);
        assert_eq!(Backoff::default().next_ms(0.0, Some(2.0)), 2000.0);
        assert_eq!(Backoff::default().next_ms(0.0, Some(1e9)), RETRY_AFTER_CAP_MS);
    }
}
