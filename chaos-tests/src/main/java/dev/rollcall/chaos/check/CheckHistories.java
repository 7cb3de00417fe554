package dev.rollcall.chaos.check;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks the checker: runs it over histories whose verdicts are known, on all cores. */
@Command(
    name = "check-histories",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the linearizability checker over a folder of histories with known verdicts.",
      "",
      "The folder has a verdicts.tsv: a header 'file<TAB>linearizable', then a line for each"
          + " history with true or false. A history is a Jepsen log of one compare-and-set register"
          + " (INFO  jepsen.util - 0 :invoke :write 4) or a key-value history with get, put and"
          + " append ({:process 0, :type :invoke, :f :get, :key \"7\", :value nil}); which one, its"
          + " first line tells. Every other file must have a verdict as well, but for *.md,"
          + " LICENSE* and hidden ones.",
      "",
      "Prints a line for each history: how it compares (as told, WRONG, NO VERDICT), file, verdict"
          + " told, verdict found, operations, steps of the search. NO VERDICT is a failure: a"
          + " search that was given up, a file that is missing, cannot be read or is not in the"
          + " list."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:every verdict came out as told",
      "1:one did not, or none was reached, or a file cannot be read",
      "2:wrong usage; no such folder"
    })
public final class CheckHistories implements Callable<Integer> {
  private static final String AS_TOLD = "as told";
  private static final Verdict NONE = new Verdict.TimedOut(0, "");
  private static final String LINE = "%-10s  %-24s  %-16s  %-16s  %10s  %10s%n";

  @Parameters(index = "0", paramLabel = "DIR", description = "The folder.")
  private Path folder = Path.of("");

  @Option(
      names = "--steps",
      defaultValue = "5000000",
      description = "Steps after which the search of one history is given up; ${DEFAULT-VALUE}.")
  private long stepsMax;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "Seconds after which it is given up as well; ${DEFAULT-VALUE}.")
  private int secondsMax;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Checks the folder named by the arguments. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CheckHistories()).execute(arguments));
  }

  /**
   * How one history came out.
   *
   * @param told empty when nobody told
   * @param found empty when it could not be read
   * @param complaint about it
   */
  private record Row(
      String file,
      Optional<Boolean> told,
      Optional<Verdict> found,
      int operations,
      String complaint) {
    static Row unread(String file, Optional<Boolean> told, String complaint) {
      return new Row(file, told, Optional.empty(), 0, complaint);
    }

    boolean isAsTold() {
      return result().equals(AS_TOLD);
    }

    String result() {
      return switch (found.orElse(NONE)) {
        case Verdict.TimedOut none -> "NO VERDICT";
        case Verdict.Linearizable yes -> told.equals(Optional.of(true)) ? AS_TOLD : "WRONG";
        case Verdict.NotLinearizable no -> told.equals(Optional.of(false)) ? AS_TOLD : "WRONG";
      };
    }

    void print(PrintWriter out) {
      String steps = found.map(verdict -> String.valueOf(verdict.steps())).orElse("-");
      String inWords = found.map(Row::inWords).orElse("-");
      String toldInWords = told.map(Row::inWords).orElse("-");
      out.printf(LINE, result(), file, toldInWords, inWords, operations, steps);
      out.flush();
    }

    private static String inWords(boolean isLinearizable) {
      return isLinearizable ? "linearizable" : "not linearizable";
    }

    private static String inWords(Verdict verdict) {
      return switch (verdict) {
        case Verdict.TimedOut late -> "timed out";
        case Verdict.Linearizable yes -> inWords(true);
        case Verdict.NotLinearizable no -> inWords(false);
      };
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    if (!Files.isDirectory(folder)) {
      throw new ParameterException(spec.commandLine(), "no such folder: " + folder);
    }
    long start = System.nanoTime();
    ToldVerdicts told;
    List<String> untold;
    try {
      told = ToldVerdicts.read(folder);
      untold = told.untold();
    } catch (NoSuchFileException e) {
      complain(ToldVerdicts.NAME, "no such file in " + folder);
      return 1;
    } catch (UnreadableHistory e) {
      complain(ToldVerdicts.NAME, e.complaint());
      return 1;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(LINE, "result", "file", "told", "found", "operations", "steps");
    List<Row> rows = check(told, untold);
    for (Row row : rows) {
      row.print(out);
      if (!row.isAsTold()) {
        complain(row.file, row.complaint);
      }
    }
    long asTold = rows.stream().filter(Row::isAsTold).count();
    out.printf(
        "check-histories: %d of %d histories came out as told, in %.1f s%n",
        asTold, rows.size(), (System.nanoTime() - start) / 1e9);
    out.flush();
    return asTold == rows.size() ? 0 : 1;
  }

  private List<Row> check(ToldVerdicts told, List<String> untold)
      throws InterruptedException, ExecutionException {
    var rows = new ArrayList<Row>();
    int cores = Runtime.getRuntime().availableProcessors();
    try (ExecutorService workers = Executors.newFixedThreadPool(cores)) {
      var underWay = new ArrayList<Future<Row>>();
      told.byFile()
          .forEach((file, verdict) -> underWay.add(workers.submit(() -> check(file, verdict))));
      for (var row : underWay) {
        rows.add(row.get());
      }
    }
    for (String file : untold) {
      rows.add(Row.unread(file, Optional.empty(), "has no verdict in " + ToldVerdicts.NAME));
    }
    return rows;
  }

  private Row check(String file, boolean isLinearizable) {
    var told = Optional.of(isLinearizable);
    HistoryFile<?, ?, ?> read;
    try {
      read = HistoryFile.read(folder.resolve(file));
    } catch (NoSuchFileException e) {
      return Row.unread(file, told, "no such file");
    } catch (UnreadableHistory e) {
      return Row.unread(file, told, e.complaint());
    } catch (IOException e) {
      return Row.unread(file, told, "cannot be read: " + e);
    }
    Verdict found = read.check(budget());
    return new Row(file, told, Optional.of(found), read.history().size(), found.toString());
  }

  private Budget budget() {
    long end = System.nanoTime() + Duration.ofSeconds(secondsMax).toNanos();
    return new Budget(stepsMax, () -> System.nanoTime() - end > 0);
  }

  private void complain(String file, String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("check-histories: " + file + ": " + message);
    err.flush();
  }
}
