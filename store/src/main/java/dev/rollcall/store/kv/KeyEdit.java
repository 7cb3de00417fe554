package dev.rollcall.store.kv;

import java.util.Optional;

/** What is to happen to one key. */
public sealed interface KeyEdit {
  /** It is set. */
  record Put(KeyEntry entry, Optional<KeyEntry> previous) implements KeyEdit {}

  /** It goes. */
  record Delete(KeyEntry previous) implements KeyEdit {}
}
