//! How many tasks of a lane are kept ready at the broker.

/// Few, so that who is served next is decided late and a team that sends much does not fill the queue
/// before others; but as many as the executors take between two looks.
#[derive(Debug)]
pub(super) struct Window {
    size: u32,
    least: u32,
}

/// More than any number of executors takes at once.
const MOST: u32 = 1 << 14;

impl Window {
    /// Never smaller than `least`.
    pub(super) fn new(least: u32) -> Self {
        let least = least.clamp(1, MOST);
        Self { size: least, least }
    }

    /// How many more tasks to publish, where `ready` of those published before were found waiting and
    /// others were to come.
    pub(super) fn room(&mut self, ready: u32) -> u32 {
        if ready <= self.size / 4 {
            self.size = (self.size * 2).min(MOST);
        } else if ready > self.size / 2 {
            self.size = (self.size / 2).max(self.least);
        }
        self.size.saturating_sub(ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_while_executors_find_little_and_shrinks_while_they_leave_much() {
        let mut window = Window::new(8);
        let taken_at_once: Vec<_> = (0..4).map(|_| window.room(0)).collect();
        assert_eq!(taken_at_once, [16, 32, 64, 128]);
        assert_eq!(window.room(128), 0);
        assert_eq!(window.room(64), 0);
        assert_eq!(window.room(10), 22, "neither little nor much");
        for _ in 0..10 {
            window.room(MOST);
        }
        assert_eq!(window.size, 8);
        for _ in 0..40 {
            window.room(0);
        }
        assert_eq!(window.size, MOST);
    }
}
