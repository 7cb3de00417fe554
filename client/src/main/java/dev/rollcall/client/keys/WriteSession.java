package dev.rollcall.client.keys;

import dev.rollcall.client.transport.Asking;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.v1.OpenSessionRequest;
import dev.rollcall.v1.OpenSessionResponse;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.WriteId;
import java.time.Duration;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the writes of a client, so that the registry carries each of them out once. The session
 * is opened by the first write, and anew when the registry has ended it, or when one write keeps so
 * many later ones waiting that the registry would forget theirs. Any thread.
 */
public final class WriteSession {
  /** The registry keeps 1,024 outcomes of a session: numbers in use may not lie further apart. */
  private static final int SPAN_MAX = 1_000;

  private final Asking asking;
  private final Duration timeout;
  private @Nullable Session current;

  /** Opens nothing yet. */
  public WriteSession(Asking asking, Duration timeout) {
    this.asking = asking;
    this.timeout = timeout;
  }

  /** A session of the registry, and the numbers whose outcomes are awaited; under the lock. */
  private static final class Session {
    private final long id;
    private final TreeSet<Long> awaited = new TreeSet<>();
    private long lastSequence;

    Session(long id) {
      this.id = id;
    }

    boolean isExhausted() {
      return !awaited.isEmpty() && lastSequence - awaited.first() >= SPAN_MAX;
    }
  }

  /** One write on its way. */
  final class Write {
    private final Session session;
    private final WriteId id;

    private Write(Session session, WriteId id) {
      this.session = session;
      this.id = id;
    }

    WriteId id() {
      return id;
    }

    /** Its outcome is known, or nobody asks for it any more: it is never sent again. */
    void end() {
      synchronized (WriteSession.this) {
        session.awaited.remove(id.getSequence());
      }
    }

    /** The registry does not know the session any more. */
    void sessionExpired() {
      synchronized (WriteSession.this) {
        if (current == session) {
          current = null;
        }
      }
    }
  }

  /** Numbers a write. Blocks, for the call timeout at most, when a session has to be opened. */
  synchronized Write begin() {
    Session session = current;
    if (session == null || session.isExhausted()) {
      session = open();
      current = session;
    }
    long sequence = ++session.lastSequence;
    session.awaited.add(sequence);
    return new Write(
        session,
        WriteId.newBuilder()
            .setSessionId(session.id)
            .setSequence(sequence)
            .setLowestUnacknowledged(session.awaited.first())
            .build());
  }

  private Session open() {
    // One that nobody heard of ends by itself, so that it is no matter whether it was opened.
    OpenSessionResponse opened =
        asking.ask(
            UnaryCall.read(
                RegistrationGrpc.getOpenSessionMethod(),
                OpenSessionRequest.getDefaultInstance(),
                OpenSessionResponse::getHeader,
                timeout));
    return new Session(opened.getSessionId());
  }
}
