package dev.rollcall.store.kv;

import com.google.protobuf.ByteString;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import org.jspecify.annotations.Nullable;

/** A condition of a transaction: something of a key, compared with something given. */
public record Compare(String key, Result result, Target target) {
  public Compare {
    KeyRules.requireKey(key);
  }

  /** How the two are to compare. */
  public enum Result {
    /** Equal. */
    EQUAL,
    /** Not equal. */
    NOT_EQUAL,
    /** The key's is less. */
    LESS,
    /** The key's is greater. */
    GREATER
  }

  /** What is compared, and with what. */
  public sealed interface Target {
    /** A number of the key; that of a key which is not there is 0. */
    record Figure(Of of, long value) implements Target {
      public Figure {
        if (value < 0) {
          throw new InvalidRequest(Rule.OTHER, "no key has a number below 0: " + value);
        }
      }
    }

    /** The key's value, byte by byte; a key that is not there has none, which equals nothing. */
    record Value(ByteString value) implements Target {
      public Value {
        KeyRules.requireValue(value);
      }
    }
  }

  /** A number of a key. */
  public enum Of {
    /** Of its last change. */
    MOD_REVISION,
    /** Of its making. */
    CREATE_REVISION,
    /** Changes of this life. */
    VERSION,
    /** With which it goes; 0 for none. */
    LEASE_ID
  }

  /**
   * Whether it is so.
   *
   * @param entry the key, or nothing when it is not there
   */
  boolean holds(@Nullable KeyEntry entry) {
    return switch (target) {
      case Target.Figure(Of of, long value) -> holds(Long.compare(number(of, entry), value));
      case Target.Value(var value) ->
          entry == null
              ? result == Result.NOT_EQUAL
              : holds(ByteString.unsignedLexicographicalComparator().compare(entry.value(), value));
    };
  }

  private boolean holds(int order) {
    return switch (result) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case GREATER -> order > 0;
    };
  }

  private static long number(Of of, @Nullable KeyEntry entry) {
    if (entry == null) {
      return 0;
    }
    return switch (of) {
      case MOD_REVISION -> entry.modRevision();
      case CREATE_REVISION -> entry.createRevision();
      case VERSION -> entry.version();
      case LEASE_ID -> entry.leaseId();
    };
  }
}
