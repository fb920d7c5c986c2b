//! The shared item's part in this: which shards are empty, and in which epoch.

use super::Step;

impl Step<'_> {
    /// A shard has a unit again: nobody who read the item before may call it empty.
    pub(super) fn withdraw(&mut self, shard: u8, epoch_moves: bool, leaves: bool) {
        if leaves {
            self.state.empty &= !(1 << shard);
        }
        if epoch_moves {
            for request in &mut self.state.requests {
                request.view.current = false;
            }
        }
        self.shard(shard).owed = false;
    }
}
