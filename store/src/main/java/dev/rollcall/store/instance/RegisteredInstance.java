package dev.rollcall.store.instance;

import dev.rollcall.store.InstanceCodec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An instance as the registry holds it. Immutable; any thread. */
public final class RegisteredInstance {
  private final Instance instance;
  private final Standing standing;

  // Beside the instance, for the searches: each step to it would be another miss of the cache.
  private final String id;
  private final long leaseId;
  private final long createRevision;
  private final long modRevision;

  // Made on first use by whoever serves it first. Two threads may both make it: they make equals,
  // and
  // the message is immutable, so a race costs a little work and nothing else.
  private dev.rollcall.v1.@Nullable Instance message;

  /**
   * The instance with what the registry knows of it.
   *
   * @param leaseId what keeps it alive
   * @param createRevision of the registration that made this life
   * @param modRevision of its last change
   */
  public RegisteredInstance(
      Instance instance, Standing standing, long leaseId, long createRevision, long modRevision) {
    this.instance = instance;
    this.standing = standing;
    id = instance.key().instanceId();
    this.leaseId = leaseId;
    this.createRevision = createRevision;
    this.modRevision = modRevision;
  }

  /** One that is at work, and nothing else. */
  public RegisteredInstance(
      Instance instance, long leaseId, long createRevision, long modRevision) {
    this(instance, Standing.PLAIN, leaseId, createRevision, modRevision);
  }

  /** What its owner says of it. */
  public Instance instance() {
    return instance;
  }

  /** What is so with it besides. */
  public Standing standing() {
    return standing;
  }

  /** What callers should go by. */
  public Status effectiveStatus() {
    return standing.effective(instance.status());
  }

  /** Why {@link #effectiveStatus} is what it is. */
  public StatusCause statusCause() {
    return standing.cause(instance.status());
  }

  /** What keeps it alive. */
  public long leaseId() {
    return leaseId;
  }

  /** Revision of the registration that made this life. */
  public long createRevision() {
    return createRevision;
  }

  /** Revision of its last change. */
  public long modRevision() {
    return modRevision;
  }

  /** Its name within the service. */
  public String id() {
    return id;
  }

  /** As it is served; made once, so that answering costs no encoding per instance. */
  public dev.rollcall.v1.Instance message() {
    var made = message;
    if (made == null) {
      made = InstanceCodec.toMessage(this);
      message = made;
    }
    return made;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegisteredInstance that
        && leaseId == that.leaseId
        && createRevision == that.createRevision
        && modRevision == that.modRevision
        && standing.equals(that.standing)
        && instance.equals(that.instance);
  }

  @Override
  public int hashCode() {
    return Objects.hash(instance, standing, leaseId, createRevision, modRevision);
  }

  @Override
  public String toString() {
    return "RegisteredInstance[%s, %s, leaseId=%d, createRevision=%d, modRevision=%d]"
        .formatted(instance, standing, leaseId, createRevision, modRevision);
  }
}
