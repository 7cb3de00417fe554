package dev.rollcall.store;

import static dev.rollcall.store.CanonicalInput.require;

import dev.rollcall.storage.v1.CommandRecord;
import dev.rollcall.storage.v1.RegisterCommand;
import dev.rollcall.store.CanonicalInput.OtherForm;
import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.SortedPairs;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the entries of which there are most, registrations, without the generated parser, and
 * begins the rows of their instances with the bytes that stand in the entry: what a client says of
 * an instance comes before what the registry adds, in the order of the fields. Apply thread.
 *
 * <p>It reads only what {@link CommandCodec#encode} writes, to the letter, so that a row is the
 * same whether its bytes were taken over or made: replicas must not differ by how they read. What
 * is written otherwise, and all that is not ASCII, it leaves to {@link CommandCodec#decode}. Such
 * rows it reads again when a store is opened.
 */
final class RegistrationReader {
  /** How a field is written: a number, or bytes behind their length. */
  private static final int VARINT = 0;

  private static final int BYTES = 2;

  /** The fields of a pair in a map. */
  private static final int MAP_KEY = 1;

  private static final int MAP_VALUE = 2;

  private final Interner interner;

  // Of the entry last read: its instances, and where each stands in it (first byte, then bytes).
  private byte[] entry = {};
  private final List<Instance> instances = new ArrayList<>();
  private final List<Slice> slices = new ArrayList<>();
  private int nextRow;

  RegistrationReader(Interner interner) {
    this.interner = interner;
  }

  private record Slice(int from, int length) {}

  /**
   * The request in this entry, if it is a registration in the form that we write.
   *
   * @throws dev.rollcall.store.instance.InvalidRequest when it breaks a rule
   */
  Optional<Request> read(byte[] command) {
    instances.clear();
    slices.clear();
    nextRow = 0;
    entry = command;
    try {
      var in = new CanonicalInput(command, interner);
      if (!in.skips(key(CommandRecord.REGISTER_FIELD_NUMBER, BYTES))) {
        return Optional.empty();
      }
      int outer = in.enter();
      var register = register(in);
      in.leave(outer);
      require(in.atEnd());
      return Optional.of(Request.of(register));
    } catch (OtherForm e) {
      instances.clear();
      return Optional.empty();
    }
  }

  /**
   * The row of an instance that was read last and begins its life, as {@link RowCodec#encode} would
   * make it; asked for in the order of the instances. Absent when there is more to say of it.
   */
  // The very instance that was read: cheaper than comparing what is in them.
  @SuppressWarnings("ReferenceEquality")
  Optional<byte[]> row(RegisteredInstance registered) {
    if (!registered.standing().equals(Standing.PLAIN)) {
      return Optional.empty();
    }
    while (nextRow < instances.size()) {
      int at = nextRow++;
      if (instances.get(at) == registered.instance()) {
        return Optional.of(row(slices.get(at), registered));
      }
    }
    return Optional.empty();
  }

  private byte[] row(Slice said, RegisteredInstance registered) {
    return ProtoBytes.of(
        said.length() + StandingCodec.plainBytes(registered),
        out -> {
          out.writeRawBytes(entry, said.from(), said.length());
          StandingCodec.writePlain(registered, out);
        });
  }

  /**
   * The instance in its row, if it is at work and nothing else, in the form in which {@link #row}
   * has it.
   */
  Optional<RegisteredInstance> registered(byte[] row) {
    try {
      var in = new CanonicalInput(row, interner);
      var registered = registered(in);
      require(in.atEnd());
      return Optional.of(registered);
    } catch (OtherForm e) {
      return Optional.empty();
    }
  }

  private RegisteredInstance registered(CanonicalInput in) throws OtherForm {
    var instance = instance(in);
    require(in.skips(key(dev.rollcall.v1.Instance.LEASE_ID_FIELD_NUMBER, VARINT)));
    long leaseId = in.positiveVarint();
    require(in.skips(key(dev.rollcall.v1.Instance.CREATE_REVISION_FIELD_NUMBER, VARINT)));
    long created = in.positiveVarint();
    require(in.skips(key(dev.rollcall.v1.Instance.MOD_REVISION_FIELD_NUMBER, VARINT)));
    var registered = new RegisteredInstance(instance, leaseId, created, in.positiveVarint());
    StandingCodec.requirePlain(registered, in);
    return registered;
  }

  private Command.Register register(CanonicalInput in) throws OtherForm {
    while (in.skips(key(RegisterCommand.INSTANCES_FIELD_NUMBER, BYTES))) {
      int outer = in.enter();
      int from = in.position();
      instances.add(instance(in));
      slices.add(new Slice(from, in.position() - from));
      in.leave(outer);
    }
    Keeper keeper = new Keeper.DefaultLease();
    if (in.skips(key(RegisterCommand.TTL_MILLIS_FIELD_NUMBER, VARINT))) {
      keeper = new Keeper.NewLease(in.positiveVarint());
    } else if (in.skips(key(RegisterCommand.LEASE_ID_FIELD_NUMBER, VARINT))) {
      keeper = new Keeper.ExistingLease(in.positiveVarint());
    }
    return new Command.Register(instances, keeper);
  }

  private Instance instance(CanonicalInput in) throws OtherForm {
    var key = key(in);
    require(in.skips(key(dev.rollcall.v1.Instance.INCARNATION_FIELD_NUMBER, VARINT)));
    long incarnation = in.positiveVarint();
    var endpoints = new ArrayList<Endpoint>(1);
    while (in.skips(key(dev.rollcall.v1.Instance.ENDPOINTS_FIELD_NUMBER, BYTES))) {
      int outer = in.enter();
      endpoints.add(endpoint(in));
      in.leave(outer);
    }
    var locality = Locality.UNKNOWN;
    if (in.skips(key(dev.rollcall.v1.Instance.LOCALITY_FIELD_NUMBER, BYTES))) {
      int outer = in.enter();
      require(!in.atEnd());
      locality = locality(in);
      in.leave(outer);
    }
    require(in.skips(key(dev.rollcall.v1.Instance.WEIGHT_FIELD_NUMBER, VARINT)));
    int weight = in.smallVarint();
    String version = optionalText(in, dev.rollcall.v1.Instance.VERSION_FIELD_NUMBER);
    var tags = new ArrayList<String>(2);
    while (in.skips(key(dev.rollcall.v1.Instance.TAGS_FIELD_NUMBER, BYTES))) {
      tags.add(in.text());
    }
    var metadata = metadata(in);
    require(in.skips(key(dev.rollcall.v1.Instance.STATUS_FIELD_NUMBER, VARINT)));
    int status = in.smallVarint();
    require(status > 0 && status <= Status.values().length);
    var instance =
        new Instance(
            key,
            incarnation,
            endpoints,
            locality,
            weight,
            version,
            tags,
            metadata,
            InstanceCodec.status(dev.rollcall.v1.Status.forNumber(status)));
    // Repeats would be dropped.
    require(instance.tags().size() == tags.size());
    return instance;
  }

  private InstanceKey key(CanonicalInput in) throws OtherForm {
    require(in.skips(key(dev.rollcall.v1.Instance.NAMESPACE_FIELD_NUMBER, BYTES)));
    String namespace = in.text();
    require(in.skips(key(dev.rollcall.v1.Instance.SERVICE_FIELD_NUMBER, BYTES)));
    var service = new ServiceKey(namespace, in.text());
    require(in.skips(key(dev.rollcall.v1.Instance.INSTANCE_ID_FIELD_NUMBER, BYTES)));
    return new InstanceKey(interner.service(service), in.text());
  }

  private static Endpoint endpoint(CanonicalInput in) throws OtherForm {
    require(in.skips(key(dev.rollcall.v1.Endpoint.NAME_FIELD_NUMBER, BYTES)));
    String name = in.text();
    String protocol = optionalText(in, dev.rollcall.v1.Endpoint.PROTOCOL_FIELD_NUMBER);
    require(in.skips(key(dev.rollcall.v1.Endpoint.HOST_FIELD_NUMBER, BYTES)));
    String host = in.text();
    require(in.skips(key(dev.rollcall.v1.Endpoint.PORT_FIELD_NUMBER, VARINT)));
    int port = in.smallVarint();
    boolean tls = in.skips(key(dev.rollcall.v1.Endpoint.TLS_FIELD_NUMBER, VARINT));
    require(!tls || in.varint() == 1);
    return new Endpoint(name, protocol, host, port, tls);
  }

  private static Locality locality(CanonicalInput in) throws OtherForm {
    return new Locality(
        optionalText(in, dev.rollcall.v1.Locality.REGION_FIELD_NUMBER),
        optionalText(in, dev.rollcall.v1.Locality.ZONE_FIELD_NUMBER),
        optionalText(in, dev.rollcall.v1.Locality.SUB_ZONE_FIELD_NUMBER));
  }

  private static SortedPairs metadata(CanonicalInput in) throws OtherForm {
    var pairs = new ArrayList<String>(4);
    while (in.skips(key(dev.rollcall.v1.Instance.METADATA_FIELD_NUMBER, BYTES))) {
      int outer = in.enter();
      require(in.skips(key(MAP_KEY, BYTES)));
      String key = in.text();
      require(pairs.isEmpty() || pairs.get(pairs.size() - 2).compareTo(key) < 0);
      require(in.skips(key(MAP_VALUE, BYTES)));
      pairs.add(key);
      pairs.add(in.anyText());
      in.leave(outer);
    }
    return SortedPairs.of(pairs.toArray(new String[0]));
  }

  private static String optionalText(CanonicalInput in, int field) throws OtherForm {
    return in.skips(key(field, BYTES)) ? in.text() : "";
  }

  private static int key(int field, int kind) {
    return field << 3 | kind;
  }
}
