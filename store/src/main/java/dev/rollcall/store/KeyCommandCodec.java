package dev.rollcall.store;

import dev.rollcall.storage.v1.DeleteKeysCommand;
import dev.rollcall.storage.v1.PutKeyCommand;
import dev.rollcall.storage.v1.TransactCommand;
import java.util.OptionalLong;

/** Commands about keys between values and their form in the log. */
final class KeyCommandCodec {
  private KeyCommandCodec() {}

  static PutKeyCommand toMessage(Command.PutKey put) {
    var message =
        PutKeyCommand.newBuilder()
            .setNamespace(put.foldedNamespace())
            .setKey(put.key())
            .setValue(put.value())
            .setLeaseId(put.leaseId());
    put.expectedRevision().ifPresent(message::setExpectedRevision);
    return message.build();
  }

  static Command fromMessage(PutKeyCommand message) {
    return new Command.PutKey(
        message.getNamespace(),
        message.getKey(),
        message.getValue(),
        message.getLeaseId(),
        message.hasExpectedRevision()
            ? OptionalLong.of(message.getExpectedRevision())
            : OptionalLong.empty());
  }

  static DeleteKeysCommand toMessage(Command.DeleteKeys delete) {
    var message =
        DeleteKeysCommand.newBuilder()
            .setNamespace(delete.foldedNamespace())
            .setKey(delete.key())
            .setIsPrefix(delete.isPrefix());
    delete.expectedRevision().ifPresent(message::setExpectedRevision);
    return message.build();
  }

  static Command fromMessage(DeleteKeysCommand message) {
    return new Command.DeleteKeys(
        message.getNamespace(),
        message.getKey(),
        message.getIsPrefix(),
        message.hasExpectedRevision()
            ? OptionalLong.of(message.getExpectedRevision())
            : OptionalLong.empty());
  }

  static TransactCommand toMessage(Command.Transact transact) {
    var message = TransactCommand.newBuilder().setNamespace(transact.foldedNamespace());
    transact.compares().forEach(each -> message.addCompares(KeyCodec.toMessage(each)));
    transact.success().forEach(each -> message.addSuccess(KeyCodec.toMessage(each)));
    transact.failure().forEach(each -> message.addFailure(KeyCodec.toMessage(each)));
    return message.build();
  }

  static Command fromMessage(TransactCommand message) {
    return new Command.Transact(
        message.getNamespace(),
        message.getComparesList().stream().map(KeyCodec::fromMessage).toList(),
        message.getSuccessList().stream().map(KeyCodec::fromMessage).toList(),
        message.getFailureList().stream().map(KeyCodec::fromMessage).toList());
  }
}
