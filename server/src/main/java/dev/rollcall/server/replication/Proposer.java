package dev.rollcall.server.replication;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.ProposalListener;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.server.replication.ForwardAnswer.Decided;
import dev.rollcall.server.replication.ForwardAnswer.Refused;
import dev.rollcall.server.replication.ForwardAnswer.Renewed;
import dev.rollcall.server.replication.ForwardRequest.Ask;
import dev.rollcall.server.replication.Result.Failed;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.StoreStatus;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.kv.KeyOperation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * Turns a request into its outcome: proposes it here when this node leads, else forwards it; tries
 * again as long as nothing was executed, or as repeating is harmless. Any thread; the state of a
 * request is its {@link Submission}'s.
 */
final class Proposer {
  private static final Failed<Outcome> OVERLOADED =
      new Failed<>(Failure.OVERLOADED, "the leader has as many writes in flight as it takes");

  private static final Failed<Outcome> DISK_LOW =
      new Failed<>(
          Failure.DISK_LOW,
          "the leader's disk is nearly full: no registrations and puts until it has room");

  private static final int PATIENCE_DOUBLINGS_MAX = 4;

  private final RaftNode<Outcome> node;
  private final RegistryStore store;
  private final OpenRequests requests;
  private final Retries retries;
  private final Forwarder forwarder;
  private final ReplicationLimits limits;
  private final LongPredicate overtaken;
  // Guarded by this. Attempts under way on this node that may be repeated elsewhere.
  private final Set<Attempt> here = new LinkedHashSet<>();
  private volatile boolean diskIsLow;

  /**
   * @param overtaken asked on the apply thread about the lease that a registration was just applied
   *     under: whether its end may stand behind the registration in the log
   */
  Proposer(
      RaftNode<Outcome> node,
      RegistryStore store,
      OpenRequests requests,
      Retries retries,
      Forwarder forwarder,
      ReplicationLimits limits,
      LongPredicate overtaken) {
    this.node = node;
    this.store = store;
    this.requests = requests;
    this.retries = retries;
    this.forwarder = forwarder;
    this.limits = limits;
    this.overtaken = overtaken;
  }

  /** A client's request; see {@link Registry#submit}. */
  void submit(Request request, long deadlineNanos, Consumer<Result<Outcome>> done) {
    if (isLeadersOwn(request.command())) {
      throw new IllegalArgumentException("only a leader makes this: " + request.command());
    }
    var command = Payload.wrap(CommandCodec.encode(request));
    OpenRequests.Size size = size(command, request.command());
    requests
        .admit(size, deadlineNanos, Submission.NOT_EXECUTED, done)
        .ifPresent(pending ->
            attempt(
                new Submission(
                    command,
                    isRepeatable(request),
                    size.isReserved(),
                    store.features().needed(request.command()),
                    pending)));
  }

  /** An operator's request that only the leader of a term may propose, and nobody else after it. */
  void submitOwn(long term, Command command, long deadlineNanos, Consumer<Result<Outcome>> done) {
    var encoded = Payload.wrap(CommandCodec.encode(Request.of(command)));
    requests
        .admit(
            new OpenRequests.Size(encoded.length(), true),
            deadlineNanos,
            Submission.NOT_EXECUTED,
            done)
        .ifPresent(pending ->
            propose(
                new Submission(encoded, false, true, store.features().needed(command), pending),
                () -> pending.fail(Submission.NOT_EXECUTED),
                (payload, listener) -> node.proposeInTerm(term, payload, listener)));
  }

  /** A request that another node forwarded: proposed here or refused, never sent on. */
  void submitForwarded(Payload command, long deadlineNanos, Consumer<Result<Outcome>> done) {
    if (!isForwardable(command)) {
      done.accept(Submission.NOT_EXECUTED);
      return;
    }
    Command decoded = CommandCodec.decode(command.bytes()).command();
    OpenRequests.Size size = size(command, decoded);
    requests
        .admit(size, deadlineNanos, Submission.NOT_EXECUTED, done)
        .ifPresent(pending -> {
          int needed = store.features().needed(decoded);
          var submission = new Submission(command, false, size.isReserved(), needed, pending);
          propose(submission, () -> pending.fail(Submission.NOT_EXECUTED));
        });
  }

  /**
   * Proposes a command that a leader makes itself, here and in this term or not at all.
   *
   * @param settled run on the apply thread once the command is applied or certainly never will be
   */
  void proposeOwn(long term, Command command, Runnable settled) {
    if (store.features().needed(command) > store.status().featureLevel()) {
      node.execute(settled);
      return;
    }
    node.proposeInTerm(
        term,
        Payload.wrap(CommandCodec.encode(Request.of(command))),
        new ProposalListener<>() {
          @Override
          public void applied(long index, Outcome outcome) {
            settled.run();
          }

          @Override
          public void refused(RefusalReason reason, Optional<NodeId> leader) {
            // Not now: a full door refuses within propose, while the proposer still proposes.
            node.execute(settled);
          }

          @Override
          public void lost() {
            settled.run();
          }
        });
  }

  /**
   * Gives up waiting for proposals of a leadership that is over, where repeating is harmless: what
   * became of them is known once their index is applied, and after the last writes of a leader that
   * was replaced nobody may come to that index for long.
   */
  void giveUpLostLeadership(RaftStatus status) {
    if (status.role() == Role.LEADER) {
      return;
    }
    List<Attempt> over;
    synchronized (this) {
      over = List.copyOf(here);
      here.clear();
    }
    for (Attempt attempt : over) {
      if (attempt.submission.brokeOff(attempt.number)) {
        retry(attempt.submission);
      }
    }
  }

  private void attempt(Submission submission) {
    RaftStatus status = node.status();
    if (status.role() == Role.LEADER) {
      propose(submission, () -> retry(submission));
    } else if (status.leader().isPresent()) {
      forward(submission, status.leader().get());
    } else {
      retry(submission);
    }
  }

  private void retry(Submission submission) {
    retries.later(submission.pending(), () -> attempt(submission));
  }

  /**
   * @param unexecuted what to do when this attempt came to nothing
   */
  private void propose(Submission submission, Runnable unexecuted) {
    propose(
        submission, unexecuted, submission.isReserved() ? node::proposeReserved : node::propose);
  }

  /**
   * @param unexecuted what to do when this attempt came to nothing
   * @param door of the node, by which the proposal goes in
   */
  private void propose(
      Submission submission,
      Runnable unexecuted,
      BiConsumer<Payload, ProposalListener<Outcome>> door) {
    StoreStatus state = store.status();
    if (submission.featureLevel() > state.featureLevel()) {
      refuse(
          submission,
          new Outcome.FeatureLevelTooLow(
              state.revision(), submission.featureLevel(), state.featureLevel()),
          unexecuted);
      return;
    }
    if (diskIsLow && isAddition(submission)) {
      refuse(submission, DISK_LOW);
      return;
    }
    int number = submission.begin();
    if (number == 0) {
      return;
    }
    var attempt = new Attempt(submission, number);
    begun(attempt);
    ProposalListener<Outcome> listener =
        new ProposalListener<>() {
          @Override
          public void applied(long index, Outcome outcome) {
            ended(attempt);
            if (outcome instanceof Outcome.Registered it && overtaken.test(it.leaseId())) {
              // To be told that it lives, and be removed: who asks again stands behind the end.
              refusedByLeader(submission, number, ForwardAnswer.Reason.INDETERMINATE);
            } else {
              submission.pending().done(outcome);
            }
          }

          @Override
          public void refused(RefusalReason reason, Optional<NodeId> leader) {
            ended(attempt);
            if (submission.cameToNothing(number)) {
              switch (reason) {
                case NOT_LEADER -> unexecuted.run();
                case OVERLOADED -> refuse(submission, OVERLOADED);
                case CHANGE_UNDER_WAY, TERM_NOT_COMMITTED, INVALID_CHANGE ->
                    throw new IllegalStateException(reason + " is no answer to a command");
              }
            }
          }

          @Override
          public void lost() {
            ended(attempt);
            if (submission.cameToNothing(number)) {
              unexecuted.run();
            }
          }
        };
    door.accept(submission.command(), listener);
  }

  void diskIsLow(boolean isLow) {
    diskIsLow = isLow;
  }

  /** Attempts that are watched. */
  synchronized int attemptsHere() {
    return here.size();
  }

  private synchronized void begun(Attempt attempt) {
    if (attempt.submission.isRepeatable()) {
      here.add(attempt);
    }
  }

  private synchronized void ended(Attempt attempt) {
    here.remove(attempt);
  }

  private void forward(Submission submission, NodeId leader) {
    int attempt = submission.begin();
    if (attempt == 0) {
      return;
    }
    var ask = new Ask.Execute(submission.command());
    long deadlineNanos = submission.pending().deadlineNanos();
    Consumer<ForwardAnswer> heard = answer -> forwarded(submission, attempt, answer);
    if (submission.isRepeatable()) {
      // A lost answer is asked for again: the command is recognised where it was executed already.
      int doublings = Math.min(submission.timesBrokenOff(), PATIENCE_DOUBLINGS_MAX);
      long patienceNanos = limits.patience().toNanos() << doublings;
      forwarder.forward(leader, ask, deadlineNanos, patienceNanos, heard);
    } else {
      forwarder.forward(leader, ask, deadlineNanos, heard);
    }
  }

  private void forwarded(Submission submission, int attempt, ForwardAnswer answer) {
    switch (answer) {
      case Decided(Outcome.FeatureLevelTooLow tooLow) ->
          refuse(
              submission,
              tooLow,
              () -> refusedByLeader(submission, attempt, ForwardAnswer.Reason.NOT_LEADER));
      case Decided(var outcome) -> submission.pending().done(outcome);
      case Refused(var reason) -> refusedByLeader(submission, attempt, reason);
      case Renewed renewed ->
          refusedByLeader(submission, attempt, ForwardAnswer.Reason.INDETERMINATE);
    }
  }

  private void refusedByLeader(Submission submission, int attempt, ForwardAnswer.Reason reason) {
    switch (reason) {
      case NOT_LEADER -> {
        if (submission.cameToNothing(attempt)) {
          retry(submission);
        }
      }
      case OVERLOADED -> {
        if (submission.cameToNothing(attempt)) {
          refuse(submission, OVERLOADED);
        }
      }
      case DISK_LOW -> {
        if (submission.cameToNothing(attempt)) {
          refuse(submission, DISK_LOW);
        }
      }
      case INDETERMINATE -> {
        if (submission.brokeOff(attempt)) {
          if (submission.isRepeatable()) {
            retry(submission);
          } else {
            submission.pending().fail(Submission.UNKNOWN);
          }
        }
      }
    }
  }

  /** For now, with a failure that says that nothing was executed. */
  private void refuse(Submission submission, Failed<Outcome> failure) {
    if (submission.timesBrokenOff() > 0) {
      retry(submission); // an earlier attempt may have been executed
    } else {
      submission.pending().fail(failure);
    }
  }

  /**
   * For good: members of an older version would stop at the command, so it must not even get into
   * the log. That a new leader says so which has yet to apply what raised the level is no word on
   * earlier attempts.
   */
  private static void refuse(
      Submission submission, Outcome.FeatureLevelTooLow outcome, Runnable unexecuted) {
    if (submission.timesBrokenOff() > 0) {
      unexecuted.run();
    } else {
      submission.pending().done(outcome);
    }
  }

  /** Whether it adds to what the registry holds. */
  private static boolean isAddition(Submission submission) {
    var command = CommandCodec.decode(submission.command().bytes()).command();
    return switch (command) {
      case Command.Register register -> true;
      case Command.GrantLease grant -> true;
      case Command.PutKey put -> true;
      case Command.Transact transact ->
          Stream.concat(transact.success().stream(), transact.failure().stream())
              .anyMatch(KeyOperation.Put.class::isInstance);
      default -> false;
    };
  }

  /**
   * Whether a peer may have this proposed. Once in the log a command that this version cannot read
   * would stop every node, and a peer may be of a later version.
   */
  private static boolean isForwardable(Payload command) {
    try {
      return !isLeadersOwn(CommandCodec.decode(command.bytes()).command());
    } catch (InvalidRequest notOurs) {
      return false;
    }
  }

  /** A removal passes when the queue is full: it makes room, and its client is about to end. */
  private static OpenRequests.Size size(Payload encoded, Command command) {
    boolean isRemoval =
        command instanceof Command.Deregister || command instanceof Command.RevokeLease;
    return new OpenRequests.Size(encoded.length(), isRemoval);
  }

  private static boolean isLeadersOwn(Command command) {
    return switch (command) {
      case Command.ExpireLeases expire -> true;
      case Command.EngageGuard engage -> true;
      case Command.SuspectLeases suspect -> true;
      case Command.TrustLeases trust -> true;
      case Command.PassDeadlines pass -> true;
      case Command.RaiseFeatureLevel raise -> true;
      case Command.CompactChanges compact -> true;
      default -> false;
    };
  }

  /** Whether the state recognises a repeat and answers it with the first outcome. */
  static boolean isRepeatable(Request request) {
    if (request.repeat().isPresent()) {
      return true;
    }
    return switch (request.command()) {
      case Command.Register register -> true;
      // Without an incarnation the repeat could remove the next life of the instance.
      case Command.Deregister deregister -> deregister.incarnation() != 0;
      case Command.Update update -> false;
      case Command.ExpireLeases expire -> false;
      // A second grant is a second lease; a revocation that is repeated finds nothing.
      case Command.GrantLease grant -> false;
      case Command.RevokeLease revoke -> false;
      // A deadline counts from the entry that carries it: a second one moves it.
      case Command.SetLifecycle set -> false;
      case Command.SetOverride set -> false;
      // Between two attempts somebody else may have written.
      case Command.ClearOverride clear -> false;
      case Command.PutServiceSpec put -> false;
      case Command.DeleteServiceSpec delete -> false;
      case Command.PutKey put -> false;
      case Command.DeleteKeys delete -> false;
      case Command.Transact transact -> false;
      case Command.EngageGuard engage -> false;
      // The guard may have been engaged again since.
      case Command.ReleaseGuard release -> false;
      case Command.SuspectLeases suspect -> false;
      case Command.TrustLeases trust -> false;
      case Command.PassDeadlines pass -> false;
      case Command.RaiseFeatureLevel raise -> false;
      case Command.CompactChanges compact -> false;
      case Command.OpenSession open -> false;
    };
  }

  /** One attempt of a submission, equal to itself. */
  private record Attempt(Submission submission, int number) {}
}
