package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.storage.v1.CommandRecord;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.testkit.Seeds;
import dev.rollcall.v1.Endpoint;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** However an entry is read, replicas must come to the same: the parser's way is the measure. */
class RegistrationReaderProperties {
  private static final int SEEDS = 300;
  private static final int DAMAGES = 200;

  private final RegistrationReader reader =
      new RegistrationReader(new HeapInterner(new InstanceTable()));

  @Test
  void readsRegistrationsAsTheParserDoes() {
    Seeds.each(
        SEEDS,
        random -> {
          byte[] entry = entry(random);
          assertThat(reader.read(entry)).contains(CommandCodec.decode(entry));
        });
  }

  @Test
  void rowsAreTheSameAsMadeAnew() {
    Seeds.each(
        SEEDS,
        random -> {
          var instances = read(entry(random)).instances();
          for (var instance : instances) {
            if (random.nextInt(4) > 0) {
              var registered = registered(random, instance, Standing.PLAIN);
              assertThat(reader.row(registered)).contains(RowCodec.encode(registered));
            }
          }
        });
  }

  @Test
  void readsRowsAsTheParserDoes() {
    Seeds.each(
        SEEDS,
        random -> {
          var standing = random.nextBoolean() ? Standing.PLAIN : CodecProperties.standing(random);
          var instance = RandomInstances.ascii(random).next();
          byte[] row = RowCodec.encode(registered(random, instance, standing));
          if (standing.equals(Standing.PLAIN)) {
            var parsed = RowCodec.instance(row, Interner.NONE);
            assertThat(reader.registered(row)).contains(parsed);
          } else {
            assertThat(reader.registered(row)).isEmpty();
          }
        });
  }

  @Test
  void whatItReadsOfDamagedRowsIsWhatTheyAreTheEncodingOf() {
    Seeds.each(
        SEEDS,
        random -> {
          var instance = RandomInstances.ascii(random).next();
          byte[] row = RowCodec.encode(registered(random, instance, Standing.PLAIN));
          for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = damaged(row, random);
            Optional<RegisteredInstance> read;
            try {
              read = reader.registered(damaged);
            } catch (InvalidRequest e) {
              continue; // The parser has the same rules: it makes the same values.
            }
            read.ifPresent(found -> assertThat(RowCodec.encode(found)).isEqualTo(damaged));
          }
        });
  }

  @Test
  void makesNoRowOfAnInstanceThatStandsOtherwiseOrWasNotRead() {
    Seeds.each(
        SEEDS,
        random -> {
          var read = read(entry(random)).instances().getFirst();
          var standing = CodecProperties.standing(random);
          if (!standing.equals(Standing.PLAIN)) {
            assertThat(reader.row(registered(random, read, standing))).isEmpty();
          }
          var equal = InstanceCodec.fromMessage(InstanceCodec.toMessage(read));
          assertThat(reader.row(registered(random, equal, Standing.PLAIN))).isEmpty();
        });
  }

  @Test
  void leavesEveryOtherCommandAndForeignTextToTheParser() {
    Seeds.each(
        SEEDS,
        random -> {
          byte[] entry = CommandCodec.encode(CodecProperties.request(random));
          reader
              .read(entry)
              .ifPresent(read -> assertThat(read).isEqualTo(CommandCodec.decode(entry)));
        });
  }

  @Test
  void whatItReadsOfDamagedBytesIsWhatTheyAreTheEncodingOf() {
    Seeds.each(
        SEEDS,
        random -> {
          byte[] entry = entry(random);
          for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = damaged(entry, random);
            Optional<Request> read;
            try {
              read = reader.read(damaged);
            } catch (InvalidRequest e) {
              continue; // The parser has the same rules: it makes the same values.
            }
            if (read.isPresent()) {
              assertThat(read).contains(CommandCodec.decode(damaged));
              assertThat(CommandCodec.encode(read.get())).isEqualTo(damaged);
            }
          }
        });
  }

  /** All of these are the same to the parser as what we write, or nearly. */
  @Test
  void leavesOtherFormsToTheParser() {
    var plain = InstanceCodec.toMessage(RandomInstances.ascii(Seeds.generator(1)).next());
    assertThat(reader.read(entry(plain))).isPresent();
    Stream.<Consumer<dev.rollcall.v1.Instance.Builder>>of(
            instance -> instance.clearWeight(),
            instance -> instance.clearStatus(),
            instance -> instance.clearNamespace(),
            instance -> instance.setLeaseId(7),
            instance -> instance.setSuspect(true),
            instance -> instance.addTags("twice").addTags("twice"),
            instance -> instance.setVersion("é"),
            instance -> instance.putMetadata("ключ", "1"),
            instance -> instance.setLocality(dev.rollcall.v1.Locality.getDefaultInstance()),
            instance ->
                instance
                    .clearEndpoints()
                    .addEndpoints(Endpoint.newBuilder().setHost("10.0.0.1").setPort(80)))
        .forEach(change -> {
          var changed = plain.toBuilder();
          change.accept(changed);
          assertThat(reader.read(entry(changed.build()))).as(changed::toString).isEmpty();
        });
  }

  @Test
  void leavesANumberInMoreBytesThanItTakesToTheParser() {
    byte[] entry = entry(Seeds.generator(1));
    assertThat(reader.read(entry)).isPresent();
    // Behind the first key stands the length of all the rest: it gets a byte that says nothing.
    int last = 1;
    while (entry[last] < 0) {
      last++;
    }
    byte[] longer = new byte[entry.length + 1];
    System.arraycopy(entry, 0, longer, 0, last + 1);
    longer[last] |= (byte) 0x80;
    System.arraycopy(entry, last + 1, longer, last + 2, entry.length - last - 1);

    assertThat(CommandCodec.decode(longer)).isEqualTo(CommandCodec.decode(entry));
    assertThat(reader.read(longer)).isEmpty();
  }

  private static byte[] entry(RandomGenerator random) {
    var shapes = RandomInstances.ascii(random);
    var instances =
        IntStream.rangeClosed(1, 1 + random.nextInt(3))
            .mapToObj(number -> inShop(shapes.next(), number))
            .toList();
    return CommandCodec.encode(
        Request.of(new Command.Register(instances, CodecProperties.keeper(random))));
  }

  private static byte[] entry(dev.rollcall.v1.Instance instance) {
    var command = CommandRecord.newBuilder();
    command.getRegisterBuilder().addInstances(instance);
    return ProtoBytes.of(command.build());
  }

  /** Those of one request are of one namespace and have distinct keys. */
  private static Instance inShop(Instance instance, int number) {
    return InstanceCodec.fromMessage(
        InstanceCodec.toMessage(instance).toBuilder()
            .setNamespace("Shop")
            .setInstanceId(number + " of them")
            .build());
  }

  private Command.Register read(byte[] entry) {
    return (Command.Register) reader.read(entry).orElseThrow().command();
  }

  private static RegisteredInstance registered(
      RandomGenerator random, Instance instance, Standing standing) {
    return new RegisteredInstance(
        instance,
        standing,
        1 + random.nextLong(1L << random.nextInt(1, 62)),
        1 + random.nextLong(1L << random.nextInt(1, 62)),
        1 + random.nextLong(1L << random.nextInt(1, 62)));
  }

  private static byte[] damaged(byte[] entry, RandomGenerator random) {
    int at = random.nextInt(entry.length);
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(entry, at);
      case 1 -> Arrays.copyOf(entry, entry.length + 1 + random.nextInt(3));
      default -> {
        byte[] damaged = entry.clone();
        damaged[at] = (byte) random.nextInt(256);
        yield damaged;
      }
    };
  }
}
