package dev.rollcall.store.instance;

import java.util.Locale;

/**
 * Names a service. Equal without regard to case; the names given are kept for show.
 *
 * @param namespace 1 to 128 characters of [A-Za-z0-9._-]
 * @param name 1 to 128 characters of [A-Za-z0-9._-]
 */
public record ServiceKey(String namespace, String name) implements Comparable<ServiceKey> {
  /** The namespace that an empty one stands for. */
  public static final String DEFAULT_NAMESPACE = "default";

  public ServiceKey {
    namespace = namespace(namespace);
    Names.requireName("service", name);
  }

  /**
   * A namespace as it is compared, of one as given: empty stands for the default.
   *
   * @throws InvalidRequest when it is none
   */
  public static String foldedNamespace(String namespace) {
    return namespace(namespace).toLowerCase(Locale.ROOT);
  }

  private static String namespace(String given) {
    String namespace = given.isEmpty() ? DEFAULT_NAMESPACE : given;
    Names.requireName("namespace", namespace);
    return namespace;
  }

  /** The namespace as it is compared. */
  public String foldedNamespace() {
    return namespace.toLowerCase(Locale.ROOT);
  }

  /** The name as it is compared. */
  public String foldedName() {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ServiceKey that
        && namespace.equalsIgnoreCase(that.namespace)
        && name.equalsIgnoreCase(that.name);
  }

  @Override
  public int hashCode() {
    return 31 * foldedNamespace().hashCode() + foldedName().hashCode();
  }

  @Override
  public int compareTo(ServiceKey other) {
    int byNamespace = foldedNamespace().compareTo(other.foldedNamespace());
    return byNamespace != 0 ? byNamespace : foldedName().compareTo(other.foldedName());
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
