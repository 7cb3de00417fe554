package dev.rollcall.client.watch;

import dev.rollcall.client.keys.KeyEntry;
import java.util.List;

/** Hears what becomes of a key, or of those that begin so. Called on the loop; must not block. */
public interface KeyListener extends StateListener {
  /** All there are, in order of key, in place of everything told before. */
  void replaced(long revision, List<KeyEntry> entries);

  /** What one revision changed: keys that are new or changed, and keys that are gone. */
  void changed(long revision, List<KeyEntry> puts, List<String> deleted);
}
