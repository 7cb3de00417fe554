package dev.rollcall.store.watch;

import dev.rollcall.store.Change;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Locale;

/** What a watch is of. */
public sealed interface WatchScope {
  /** Whether a change in the registry is one of what is watched. */
  boolean has(Change change);

  /** One service: its instances and its spec. */
  record Service(ServiceKey service) implements WatchScope {
    @Override
    public boolean has(Change change) {
      return change instanceof Change.OfService of && of.service().equals(service);
    }
  }

  /** One instance. */
  record Instance(InstanceKey instance) implements WatchScope {
    @Override
    public boolean has(Change change) {
      return switch (change) {
        case Change.Upserted upserted -> upserted.instance().instance().key().equals(instance);
        case Change.Removed removed -> removed.key().equals(instance);
        case Change.SpecPut put -> false;
        case Change.SpecRemoved removed -> false;
        case Change.OfKey of -> false;
      };
    }
  }

  /**
   * The services of a namespace whose names begin with a prefix: their instances and specs.
   *
   * @param foldedNamespace see {@link ServiceKey#foldedNamespace}
   * @param foldedPrefix in lower case; empty for all
   */
  record Services(String foldedNamespace, String foldedPrefix) implements WatchScope {
    /** Folds both. */
    public static Services of(String namespace, String prefix) {
      return new Services(ServiceKey.foldedNamespace(namespace), prefix.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean has(Change change) {
      return change instanceof Change.OfService of
          && of.service().foldedNamespace().equals(foldedNamespace)
          && of.service().foldedName().startsWith(foldedPrefix);
    }
  }

  /**
   * The names of the services of a namespace that begin with a prefix and have instances or a spec,
   * and no more.
   *
   * @param foldedNamespace as above
   * @param foldedPrefix as above
   */
  record ServiceNames(String foldedNamespace, String foldedPrefix) implements WatchScope {
    /** Folds both. */
    public static ServiceNames of(String namespace, String prefix) {
      return new ServiceNames(
          ServiceKey.foldedNamespace(namespace), prefix.toLowerCase(Locale.ROOT));
    }

    /** None by itself: which names there are follows from all changes together. */
    @Override
    public boolean has(Change change) {
      return false;
    }
  }

  /** One key. */
  record Key(String foldedNamespace, String key) implements WatchScope {
    @Override
    public boolean has(Change change) {
      return change instanceof Change.OfKey of
          && of.namespace().equals(foldedNamespace)
          && of.key().equals(key);
    }
  }

  /**
   * The keys of a namespace that begin with a prefix.
   *
   * @param prefix compared as it is; empty for all
   */
  record Keys(String foldedNamespace, String prefix) implements WatchScope {
    @Override
    public boolean has(Change change) {
      return change instanceof Change.OfKey of
          && of.namespace().equals(foldedNamespace)
          && of.key().startsWith(prefix);
    }
  }
}
