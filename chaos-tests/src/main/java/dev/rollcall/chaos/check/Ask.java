package dev.rollcall.chaos.check;

import dev.rollcall.store.Command;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Map;
import java.util.Optional;

/** What is asked of a registry in a history. */
public sealed interface Ask {
  /** The service it is about. */
  ServiceKey service();

  /**
   * A client wants a change of one instance, or of several of one service at once.
   *
   * @param command a registration, an update or a removal
   * @param repeat names it in a session, so that however often it is asked for it happens once
   */
  record Write(Command command, Optional<Request.Repeat> repeat) implements Ask {
    /** One that no session remembers. */
    public Write(Command command) {
      this(command, Optional.empty());
    }

    /** The instance it is about, or the first of them. */
    public InstanceKey key() {
      return keyOf(command).orElseThrow();
    }

    /** Whether it says something of an instance that is no part of its registration. */
    boolean isBeside() {
      return command instanceof Command.SetLifecycle
          || command instanceof Command.SetOverride
          || command instanceof Command.ClearOverride;
    }

    /** Whether it is about instances. */
    public static boolean isOf(Command command) {
      return keyOf(command).isPresent();
    }

    private static Optional<InstanceKey> keyOf(Command command) {
      return switch (command) {
        case Command.Register register -> Optional.of(register.instances().getFirst().key());
        case Command.Update update -> Optional.of(update.key());
        case Command.Deregister deregister -> Optional.of(deregister.key());
        case Command.SetLifecycle set -> Optional.of(set.key());
        case Command.SetOverride set -> Optional.of(set.key());
        case Command.ClearOverride clear -> Optional.of(clear.key());
        default -> Optional.empty();
      };
    }

    @Override
    public ServiceKey service() {
      return key().service();
    }

    @Override
    public String toString() {
      return switch (command) {
        case Command.Register register ->
            "register "
                + register.instances().stream()
                    .map(it -> it.key().instanceId() + " incarnation " + it.incarnation())
                    .toList();
        case Command.Update update ->
            "update " + key() + " incarnation " + update.incarnation() + " to " + update.weight();
        case Command.Deregister deregister ->
            "deregister " + key() + " incarnation " + deregister.incarnation();
        default -> command.toString();
      };
    }
  }

  /** A client wants a lease to end, all of whose instances are of one service. */
  record Revoke(ServiceKey service, long leaseId) implements Ask {}

  /**
   * A client wants to see a service.
   *
   * @param isLinearizable else the answer may be old, but never wrong
   */
  record Read(ServiceKey service, boolean isLinearizable) implements Ask {}

  /**
   * Leases end, by themselves or by request.
   *
   * @param incarnations of the instances of the service that go with them
   */
  record Expire(ServiceKey service, Map<String, Long> incarnations) implements Ask {}
}
