package dev.rollcall.store.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.OrderedStore.StorageFailure;
import dev.rollcall.store.OrderedStoreContract;
import dev.rollcall.store.UnknownFormat;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksOrderedStoreTest extends OrderedStoreContract {
  @TempDir Path directory;
  private int copies;

  private final List<OrderedStore> opened = new ArrayList<>();
  private @Nullable Path life;

  private Path files() {
    return life == null ? directory : life;
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(files())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("store"))
          .toList();
    }
  }

  @Override
  protected OrderedStore create() {
    var store = RocksOrderedStore.open(files().resolve("store"));
    opened.add(store);
    return store;
  }

  @Override
  protected OrderedStore reopen(OrderedStore closed) {
    return create();
  }

  /** The files as they are now, without a chance to flush first: what a killed process leaves. */
  @Override
  protected OrderedStore crash(OrderedStore open) throws IOException {
    var copy = Files.createDirectory(directory.resolve("crashed-" + ++copies));
    try (var files = Files.walk(files())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("LOCK")) {
          var target = copy.resolve(files().relativize(file));
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
    }
    opened.forEach(OrderedStore::close);
    opened.clear();
    life = copy;
    return create();
  }

  @Test
  void deletesWhatACrashHasLeftBeside() throws IOException {
    life = Files.createDirectory(directory.resolve("life"));
    var store = create();
    var staged = store.stage();
    staged.rows().flush();
    staged.takeOver();
    var again = crash(store);

    assertThat(names()).containsExactlyInAnyOrder("store-000001", "store.current");
    again.stage().rows().flush();
    crash(again).close();
    assertThat(names()).containsExactlyInAnyOrder("store-000001", "store.current");
  }

  @Test
  void refusesAPointerThatIsDamagedOrOfALaterVersion() throws IOException {
    life = Files.createDirectory(directory.resolve("life"));
    try (var store = create();
        var staged = store.stage()) {
      staged.takeOver();
      staged.rows().close();
    }
    var pointer = files().resolve("store.current");
    var right = Files.readString(pointer);
    for (String wrong :
        List.of("", "nonsense", right.replace("000001", "000002"), right.substring(1))) {
      Files.writeString(pointer, wrong);
      assertThatThrownBy(this::create).isInstanceOf(StorageFailure.class);
      assertThat(files().resolve("store-000001")).isDirectory();
    }
    var crc = new CRC32C();
    crc.update("2 store-000001".getBytes(UTF_8));
    Files.writeString(pointer, "2 store-000001 %08x\n".formatted(crc.getValue()));
    assertThatThrownBy(this::create).isInstanceOf(UnknownFormat.class);
    Files.writeString(pointer, right);
    create().close();
  }

  @Test
  void refusesADirectoryThatIsAFile() throws IOException {
    var file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> RocksOrderedStore.open(file))
        .isInstanceOf(StorageFailure.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void refusesADirectoryThatIsOpenAlready() {
    assertThatThrownBy(() -> RocksOrderedStore.open(directory.resolve("store")))
        .isInstanceOf(StorageFailure.class);
  }

  @Test
  void refusesFilesThatAreDamaged() throws IOException {
    var damaged = Files.createDirectory(directory.resolve("damaged"));
    RocksOrderedStore.open(damaged).close();
    Files.writeString(damaged.resolve("CURRENT"), "nonsense\n");

    assertThatThrownBy(() -> RocksOrderedStore.open(damaged)).isInstanceOf(StorageFailure.class);
  }

  @Test
  void failsForGoodOnceItsEngineHasFailedInTheBackground() throws IOException {
    var lost = directory.resolve("lost");
    try (var store = RocksOrderedStore.open(lost)) {
      write(store);
      try (var files = Files.list(lost)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(lost);

      assertThatThrownBy(store::flush).isInstanceOf(StorageFailure.class);
      assertThatThrownBy(() -> write(store)).isInstanceOf(StorageFailure.class);
      assertThatThrownBy(() -> store.getFlushed(new byte[1])).isInstanceOf(StorageFailure.class);
    }
  }

  @Test
  void writesNoLogOfItsOwn() throws IOException {
    try (var store = RocksOrderedStore.open(directory.resolve("small"))) {
      store.flush();
      var logs = FileSystems.getDefault().getPathMatcher("glob:**/*.log");
      try (var files = Files.list(directory.resolve("small"))) {
        for (Path log : files.filter(logs::matches).toList()) {
          assertThat(Files.size(log)).isZero();
        }
      }
    }
  }

  private static void write(OrderedStore store) {
    store.write(new Batch(List.of(new Operation.Put(new byte[1], new byte[1]))));
  }
}
