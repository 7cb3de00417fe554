package dev.rollcall.store;

import dev.rollcall.storage.v1.KeyPutOutcome;
import dev.rollcall.storage.v1.KeyResultRecord;
import dev.rollcall.storage.v1.KeysFoundRecord;
import dev.rollcall.storage.v1.TransactedOutcome;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyResult;
import java.util.Optional;

/** Outcomes about keys between values and their form in answers and rows. */
final class KeyOutcomeCodec {
  private KeyOutcomeCodec() {}

  static KeyPutOutcome toMessage(Outcome.KeyPut outcome) {
    var message =
        KeyPutOutcome.newBuilder()
            .setNamespace(outcome.entry().foldedNamespace())
            .setKey(KeyCodec.toMessage(outcome.entry()));
    outcome.previous().ifPresent(entry -> message.setPrevious(KeyCodec.toMessage(entry)));
    return message.build();
  }

  static Outcome keyPut(long revision, KeyPutOutcome message) {
    String namespace = message.getNamespace();
    return new Outcome.KeyPut(
        revision,
        KeyCodec.fromMessage(namespace, message.getKey()),
        message.hasPrevious()
            ? Optional.of(KeyCodec.fromMessage(namespace, message.getPrevious()))
            : Optional.empty());
  }

  static TransactedOutcome toMessage(Outcome.Transacted outcome) {
    var message = TransactedOutcome.newBuilder().setSucceeded(outcome.succeeded());
    for (var result : outcome.results()) {
      message.addResults(toMessage(result, message));
    }
    return message.build();
  }

  /** All keys are of one namespace, which is noted when there is one. */
  private static KeyResultRecord toMessage(KeyResult result, TransactedOutcome.Builder outcome) {
    var message = KeyResultRecord.newBuilder();
    switch (result) {
      case KeyResult.Found(var entries, boolean hasMore) -> {
        var found = KeysFoundRecord.newBuilder().setMore(hasMore);
        for (KeyEntry entry : entries) {
          outcome.setNamespace(entry.foldedNamespace());
          found.addKeys(KeyCodec.toMessage(entry));
        }
        message.setFound(found);
      }
      case KeyResult.Put(var entry) -> {
        outcome.setNamespace(entry.foldedNamespace());
        message.setPut(KeyCodec.toMessage(entry));
      }
      case KeyResult.Deleted(int keys) -> message.setDeleted(keys);
    }
    return message.build();
  }

  static Outcome transacted(long revision, TransactedOutcome message) {
    return new Outcome.Transacted(
        revision,
        message.getSucceeded(),
        message.getResultsList().stream()
            .map(result -> fromMessage(message.getNamespace(), result))
            .toList());
  }

  private static KeyResult fromMessage(String foldedNamespace, KeyResultRecord message) {
    return switch (message.getResultCase()) {
      case FOUND ->
          new KeyResult.Found(
              message.getFound().getKeysList().stream()
                  .map(key -> KeyCodec.fromMessage(foldedNamespace, key))
                  .toList(),
              message.getFound().getMore());
      case PUT -> new KeyResult.Put(KeyCodec.fromMessage(foldedNamespace, message.getPut()));
      case DELETED -> new KeyResult.Deleted(message.getDeleted());
      case RESULT_NOT_SET -> throw new IllegalArgumentException("a result that says nothing");
    };
  }
}
