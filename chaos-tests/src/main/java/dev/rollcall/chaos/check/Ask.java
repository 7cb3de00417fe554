package dev.rollcall.chaos.check;

import dev.rollcall.store.Command;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Map;

/** What is asked of a registry in a history. */
public sealed interface Ask {
  /** The service it is about. */
  ServiceKey service();

  /**
   * A client wants a change of one instance.
   *
   * @param command a registration of one instance, an update or a removal
   */
  record Write(Command command) implements Ask {
    /** The instance it is about. */
    public InstanceKey key() {
      return switch (command) {
        case Command.Register register -> register.instances().getFirst().key();
        case Command.Update update -> update.key();
        case Command.Deregister deregister -> deregister.key();
        case Command.ExpireLeases expire -> throw new IllegalStateException("of no client");
        case Command.GrantLease grant -> throw new IllegalStateException("about no instance");
        case Command.RevokeLease revoke -> throw new IllegalStateException("about no instance");
        case Command.OpenSession open -> throw new IllegalStateException("about no instance");
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
            "register " + key() + " incarnation " + register.instances().getFirst().incarnation();
        case Command.Update update ->
            "update " + key() + " incarnation " + update.incarnation() + " to " + update.weight();
        case Command.Deregister deregister ->
            "deregister " + key() + " incarnation " + deregister.incarnation();
        default -> command.toString();
      };
    }
  }

  /**
   * A client wants to see a service.
   *
   * @param isLinearizable else the answer may be old, but never wrong
   */
  record Read(ServiceKey service, boolean isLinearizable) implements Ask {}

  /**
   * The registry lets leases expire.
   *
   * @param incarnations of the instances of the service that go with them
   */
  record Expire(ServiceKey service, Map<String, Long> incarnations) implements Ask {}
}
