package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyEntry;
import java.util.Optional;

/**
 * One thing that became different in the registry, as watchers see it: with what was there before,
 * so that whoever looks through a filter knows what left it.
 */
public sealed interface Change {
  /** In a service. */
  sealed interface OfService extends Change {
    /** The service it happened in. */
    ServiceKey service();
  }

  /** Of a key. */
  sealed interface OfKey extends Change {
    /** The namespace of the key, folded. */
    String namespace();

    /** The key. */
    String key();
  }

  /**
   * The instance is new or changed.
   *
   * @param previous as it was; absent when nobody was registered under the key
   */
  record Upserted(RegisteredInstance instance, Optional<RegisteredInstance> previous)
      implements OfService {
    @Override
    public ServiceKey service() {
      return instance.instance().key().service();
    }
  }

  /** The instance is gone. */
  record Removed(RegisteredInstance previous, Cause cause) implements OfService {
    @Override
    public ServiceKey service() {
      return key().service();
    }

    /** Which one. */
    public InstanceKey key() {
      return previous.instance().key();
    }

    /** Of the life that ended. */
    public long incarnation() {
      return previous.instance().incarnation();
    }
  }

  /**
   * The spec is new or changed.
   *
   * @param previous as it was; absent when there was none
   */
  record SpecPut(RegisteredSpec spec, Optional<RegisteredSpec> previous) implements OfService {
    @Override
    public ServiceKey service() {
      return spec.spec().service();
    }
  }

  /** The service has no spec any more. */
  record SpecRemoved(RegisteredSpec previous) implements OfService {
    @Override
    public ServiceKey service() {
      return previous.spec().service();
    }
  }

  /**
   * The key is new or changed.
   *
   * @param previous as it was; absent when it was not there
   */
  record KeyPut(KeyEntry entry, Optional<KeyEntry> previous) implements OfKey {
    @Override
    public String namespace() {
      return entry.foldedNamespace();
    }

    @Override
    public String key() {
      return entry.key();
    }
  }

  /** The key is gone. */
  record KeyDeleted(KeyEntry previous, KeyCause cause) implements OfKey {
    @Override
    public String namespace() {
      return previous.foldedNamespace();
    }

    @Override
    public String key() {
      return previous.key();
    }
  }

  /** Why an instance went. The codes are in the change log; they never change. */
  enum Cause {
    /** By request: of itself, or of its lease. */
    DEREGISTERED(1),
    /** Its lease expired. */
    EXPIRED(2);

    private final int code;

    Cause(int code) {
      this.code = code;
    }

    /** The number that stands for the cause in the change log. */
    public int code() {
      return code;
    }
  }

  /** Why a key went. The codes are in the change log; they never change. */
  enum KeyCause {
    /** By request. */
    DELETED(1),
    /** Its lease expired or was revoked. */
    LEASE_ENDED(2);

    private final int code;

    KeyCause(int code) {
      this.code = code;
    }

    /** The number that stands for the cause in the change log. */
    public int code() {
      return code;
    }
  }
}
