package dev.rollcall.server.discovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.api.EventLoops;
import dev.rollcall.server.replication.LinearizableRead;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadTurnsTest {
  private final EventLoops loops = EventLoops.start("turns", 1);
  private final LinkedBlockingQueue<Question> asked = new LinkedBlockingQueue<>();
  private final ReadTurns turns =
      new ReadTurns((reads, answers) -> asked.add(new Question(reads, answers)), loops);

  private record Question(List<LinearizableRead> reads, Executor answers) {}

  @AfterEach
  void stop() {
    loops.close();
  }

  @Test
  void whatArrivesInOneTurnOfALoopAsksWithOneQuestionThatIsAnsweredThere() throws Exception {
    var first = read(1);
    var second = read(2);
    var later = read(3);
    turn(first, second);
    turn(later);

    var together = asked.poll(60, SECONDS);
    assertThat(together.reads()).containsExactly(first, second);
    assertThat(asked.poll(60, SECONDS).reads()).containsExactly(later);
    assertThat(asked).isEmpty();
    var answeredOn = new CompletableFuture<String>();
    together.answers().execute(() -> answeredOn.complete(Thread.currentThread().getName()));
    assertThat(answeredOn.get(60, SECONDS)).startsWith("turns-");
  }

  @Test
  void whatComesFromAnotherThreadAsksAtOnce() {
    var read = read(1);
    turns.add(read);

    assertThat(asked.remove().reads()).containsExactly(read);
  }

  private void turn(LinearizableRead... reads) throws Exception {
    var over = new CompletableFuture<Void>();
    loops
        .executor()
        .execute(() -> {
          for (LinearizableRead read : reads) {
            turns.add(read);
          }
          over.complete(null);
        });
    over.get(60, SECONDS);
  }

  private static LinearizableRead read(long deadlineNanos) {
    return new LinearizableRead(deadlineNanos, result -> {});
  }
}
