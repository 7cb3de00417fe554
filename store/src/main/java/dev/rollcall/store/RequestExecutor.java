package dev.rollcall.store;

import dev.rollcall.store.request.Session;
import dev.rollcall.store.request.SessionTable;

/**
 * Executes requests once: what a session has seen before is answered, not executed. Apply thread.
 *
 * <p>Opening and ending sessions changes nothing that can be read or watched, so it makes no
 * revision.
 */
final class RequestExecutor {
  private final Counters counters;
  private final SessionTable sessions;
  private final Appliers appliers;
  private final RowWriter rows;

  RequestExecutor(Counters counters, SessionTable sessions, Appliers appliers, RowWriter rows) {
    this.counters = counters;
    this.sessions = sessions;
    this.appliers = appliers;
    this.rows = rows;
  }

  /** Who judges which commands. */
  record Appliers(
      Applier registrations,
      StandingApplier standings,
      SpecApplier specs,
      GuardApplier guards,
      KeyApplier keys,
      FeatureLevelApplier levels,
      CompactionApplier compaction) {}

  /** Lets the replicated clock advance, and ends what is over by it. */
  void advanceTo(long wallMillis) {
    if (wallMillis > counters.wallMillis) {
      counters.wallMillis = wallMillis;
      sessions.endIdle(wallMillis).forEach(rows::deleteSession);
    }
    appliers.standings().passDeadlines();
  }

  Outcome execute(Request request) {
    return request.repeat().isPresent()
        ? execute(request.command(), request.repeat().get())
        : execute(request.command());
  }

  private Outcome execute(Command command, Request.Repeat repeat) {
    var found = sessions.find(repeat.sessionId());
    if (found.isEmpty()) {
      return new Outcome.SessionExpired(counters.revision, repeat.sessionId());
    }
    var session = found.get();
    if (repeat.sequence() < session.lowestUnacknowledged()) {
      return new Outcome.RequestTooOld(counters.revision, repeat.sequence());
    }
    var outcome = session.outcome(repeat.sequence()).orElse(null);
    if (outcome == null) {
      outcome = execute(command);
      session.keep(repeat.sequence(), outcome);
      rows.putOutcome(session.id(), repeat.sequence(), outcome);
    }
    for (long forgotten : session.forgetBelow(repeat.lowestUnacknowledged())) {
      rows.deleteOutcome(session.id(), forgotten);
    }
    sessions.wrote(session, counters.wallMillis);
    rows.putSession(session);
    return outcome;
  }

  private Outcome execute(Command command) {
    return appliers.levels().refusal(command).orElseGet(() -> carryOut(command));
  }

  private Outcome carryOut(Command command) {
    return switch (command) {
      case Command.Register register -> appliers.registrations().apply(register);
      case Command.Update update -> appliers.registrations().apply(update);
      case Command.Deregister deregister -> appliers.registrations().apply(deregister);
      case Command.ExpireLeases expire -> appliers.guards().apply(expire);
      case Command.GrantLease grant -> appliers.registrations().apply(grant);
      case Command.RevokeLease revoke -> appliers.registrations().apply(revoke);
      case Command.SetLifecycle set -> appliers.standings().apply(set);
      case Command.SetOverride set -> appliers.standings().apply(set);
      case Command.ClearOverride clear -> appliers.standings().apply(clear);
      case Command.PutServiceSpec put -> appliers.specs().apply(put);
      case Command.DeleteServiceSpec delete -> appliers.specs().apply(delete);
      case Command.EngageGuard engage -> appliers.guards().apply(engage);
      case Command.ReleaseGuard release -> appliers.guards().apply(release);
      case Command.SuspectLeases suspect -> appliers.guards().apply(suspect);
      case Command.TrustLeases trust -> appliers.guards().apply(trust);
      case Command.PassDeadlines() -> new Outcome.Nothing(counters.revision);
      case Command.RaiseFeatureLevel raise -> appliers.levels().apply(raise);
      case Command.PutKey put -> appliers.keys().apply(put);
      case Command.DeleteKeys delete -> appliers.keys().apply(delete);
      case Command.Transact transact -> appliers.keys().apply(transact);
      case Command.CompactChanges compact -> appliers.compaction().apply(compact);
      case Command.OpenSession() -> openSession();
    };
  }

  private Outcome openSession() {
    counters.lastSessionId++;
    var session = new Session(counters.lastSessionId, counters.wallMillis, 0);
    sessions.add(session);
    rows.putSession(session);
    return new Outcome.SessionOpened(counters.revision, session.id());
  }
}
