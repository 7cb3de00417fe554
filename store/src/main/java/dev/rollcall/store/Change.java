package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceKey;

/** One thing that became different in the registry, as watchers see it. */
public sealed interface Change {
  /** The service it happened in. */
  ServiceKey service();

  /** The instance is new or changed. */
  record Upserted(RegisteredInstance instance) implements Change {
    @Override
    public ServiceKey service() {
      return instance.instance().key().service();
    }
  }

  /** The instance is gone. */
  record Removed(InstanceKey key, long incarnation, Cause cause) implements Change {
    @Override
    public ServiceKey service() {
      return key.service();
    }
  }

  /** The spec is new or changed. */
  record SpecPut(RegisteredSpec spec) implements Change {
    @Override
    public ServiceKey service() {
      return spec.spec().service();
    }
  }

  /** The service has no spec any more. */
  record SpecRemoved(ServiceKey service) implements Change {}

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
}
