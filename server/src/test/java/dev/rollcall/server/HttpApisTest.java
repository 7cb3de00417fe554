package dev.rollcall.server;

import static dev.rollcall.server.HttpNode.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code http-apis} names is served, and nothing else but the pages of operators. */
class HttpApisTest {
  private static final List<String> PATHS =
      List.of("/v1/services", "/eureka/apps", "/prometheus/http_sd");

  @ParameterizedTest
  @CsvSource({"none,-1", "rest,0", "eureka,1", "prometheus,2"})
  void onlyWhatIsNamedIsServed(String apis, int served, @TempDir Path directory) {
    try (var server = TestNode.single(directory, "--http-apis=" + apis);
        var node = new HttpNode(server.httpAddress())) {
      assertThat(node.get("/readyz").statusCode()).isEqualTo(200);
      for (int i = 0; i < PATHS.size(); i++) {
        var answer = node.get(PATHS.get(i));
        if (i == served) {
          assertThat(answer.statusCode()).as(PATHS.get(i)).isEqualTo(200);
        } else {
          assertThat(refusal(answer)).as(PATHS.get(i)).isEqualTo("404 NO_SUCH_PATH");
        }
      }
    }
  }
}
