package dev.rollcall.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.OrderedStore.StorageFailure;
import dev.rollcall.store.OrderedStoreContract;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksOrderedStoreTest extends OrderedStoreContract {
  @TempDir Path directory;
  private int copies;

  @Override
  protected OrderedStore create() {
    return RocksOrderedStore.open(directory.resolve("store"));
  }

  @Override
  protected OrderedStore reopen(OrderedStore closed) {
    return create();
  }

  /** The files as they are now, without a chance to flush first: what a killed process leaves. */
  @Override
  protected OrderedStore crash(OrderedStore open) throws IOException {
    var copy = Files.createDirectory(directory.resolve("crashed-" + ++copies));
    try (var files = Files.list(directory.resolve("store"))) {
      for (Path file : files.toList()) {
        if (!file.endsWith("LOCK")) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    }
    open.close();
    return RocksOrderedStore.open(copy);
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
