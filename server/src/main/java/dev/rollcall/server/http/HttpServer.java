package dev.rollcall.server.http;

import dev.rollcall.server.api.BindFailure;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.Setting;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP port of a node. */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  /** Platform threads: acceptor, selector and spares; requests run on virtual ones. */
  private static final int THREADS_MAX = 8;

  private static final int THREADS_MIN = 3;

  /**
   * More than twice the 30 s between the requests of Eureka's clients: a connection that the server
   * closes just as the next request is on its way is a failed heartbeat.
   */
  private static final long IDLE_MILLIS_MAX = 75_000;

  /** One more is told so, and closed. */
  private static final int CONNECTIONS_MAX = 10_000;

  /** Connections that are being told so, or say nothing; more wait to be accepted. */
  private static final int CONNECTIONS_REFUSED_MAX = 1_000;

  /** Request line and headers; more is answered 431, or 414 when it is the line. */
  private static final int HEADER_BYTES_MAX = 8 << 10;

  /**
   * Paths come through as they were sent, to be decoded segment by segment: what is dangerous about
   * an encoded slash where files are served is only part of a name here.
   */
  private static final UriCompliance UNDECODED =
      UriCompliance.from(EnumSet.allOf(UriCompliance.Violation.class));

  private final Server server;
  private final ServerConnector connector;
  private final Pages pages;

  private HttpServer(Server server, ServerConnector connector, Pages pages) {
    this.server = server;
    this.connector = connector;
    this.pages = pages;
  }

  /**
   * Binds and serves.
   *
   * @param metrics the text of {@code /metrics}
   * @param readiness what {@code /readyz} looks at, in order of importance
   * @throws dev.rollcall.server.config.StartFailure when the port cannot be bound
   */
  public static HttpServer start(
      HostPort bind, Supplier<String> metrics, Supplier<List<Check>> readiness) {
    return start(bind, metrics, readiness, CONNECTIONS_MAX);
  }

  /** As the other one, with another limit of connections. */
  static HttpServer start(
      HostPort bind,
      Supplier<String> metrics,
      Supplier<List<Check>> readiness,
      int connectionsMax) {
    var threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory()));
    var server = new Server(threads);
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(HEADER_BYTES_MAX);
    configuration.setUriCompliance(UNDECODED);
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
    connector.setHost(bind.host());
    connector.setPort(bind.port());
    connector.setIdleTimeout(IDLE_MILLIS_MAX);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(connectionsMax + CONNECTIONS_REFUSED_MAX, connector));
    var pages = new Pages(metrics, readiness);
    server.setHandler(new Crowd(pages, connector, connectionsMax));
    server.setErrorHandler(new ErrorLines());
    try {
      server.start();
      return new HttpServer(server, connector, pages);
    } catch (Exception e) {
      stop(server);
      throw BindFailure.of(Setting.HTTP_LISTEN, bind, e);
    }
  }

  /** Serves clients too: what is none of the pages goes to this handler from now on. */
  public void open(Handler routes) {
    pages.open(routes);
  }

  /** Answers clients 503 from now on; calls under way go on, and so do the pages. */
  public void closeToClients() {
    pages.close();
  }

  /** The port bound. */
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("HTTP server did not stop cleanly", e);
    }
  }
}
