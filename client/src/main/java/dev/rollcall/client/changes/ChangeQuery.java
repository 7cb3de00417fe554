package dev.rollcall.client.changes;

/**
 * Which changes to hear of.
 *
 * @param scope of what
 * @param name the service; with SERVICES what names begin with, empty for all; the key; with KEYS
 *     what keys begin with, empty for all
 * @param instanceId with INSTANCE which, else empty
 * @param filter only instances for which this expression holds; one that ceases to fit is removed.
 *     Empty means all; not for keys
 * @param hasPreviousValues whether changes tell what was there before
 * @param fromRevision the first revision to hear of; 0 means from now on. One in the future is
 *     waited for
 * @param historyId the history that this revision belongs to, as {@link ChangeFeed#historyId} said;
 *     empty means whatever history the registry has
 */
public record ChangeQuery(
    Scope scope,
    String name,
    String instanceId,
    String filter,
    boolean hasPreviousValues,
    long fromRevision,
    String historyId) {
  /** Of what. */
  public enum Scope {
    /** One service: its instances and its spec. */
    SERVICE,
    /** One instance. */
    INSTANCE,
    /** All services whose names begin so: their instances and specs. */
    SERVICES,
    /** One key. */
    KEY,
    /** All keys that begin so. */
    KEYS
  }

  /** Refuses a revision below 0. */
  public ChangeQuery {
    if (fromRevision < 0) {
      throw new IllegalArgumentException("revision must not be negative: " + fromRevision);
    }
  }

  private static ChangeQuery of(Scope scope, String name, String instanceId) {
    return new ChangeQuery(scope, name, instanceId, "", false, 0, "");
  }

  /** Of a service, from now on. */
  public static ChangeQuery service(String name) {
    return of(Scope.SERVICE, name, "");
  }

  /** Of an instance, from now on. */
  public static ChangeQuery instance(String service, String instanceId) {
    return of(Scope.INSTANCE, service, instanceId);
  }

  /** Of all services of the client's namespace whose names begin so, from now on. */
  public static ChangeQuery services(String prefix) {
    return of(Scope.SERVICES, prefix, "");
  }

  /** Of a key, from now on. */
  public static ChangeQuery key(String key) {
    return of(Scope.KEY, key, "");
  }

  /** Of all keys of the client's namespace that begin so, from now on. */
  public static ChangeQuery keys(String prefix) {
    return of(Scope.KEYS, prefix, "");
  }

  /** The same for those instances for which the expression holds. */
  public ChangeQuery withFilter(String expression) {
    return new ChangeQuery(
        scope, name, instanceId, expression, hasPreviousValues, fromRevision, historyId);
  }

  /** The same, and changes tell what was there before. */
  public ChangeQuery withPreviousValues() {
    return new ChangeQuery(scope, name, instanceId, filter, true, fromRevision, historyId);
  }

  /** The same from a revision on, whatever history the registry has. */
  public ChangeQuery from(long revision) {
    return from(revision, "");
  }

  /** The same from a revision of that history on. */
  public ChangeQuery from(long revision, String history) {
    return new ChangeQuery(scope, name, instanceId, filter, hasPreviousValues, revision, history);
  }
}
