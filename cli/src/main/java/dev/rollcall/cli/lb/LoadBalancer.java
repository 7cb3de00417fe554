package dev.rollcall.cli.lb;

import java.util.List;

/**
 * A load balancer whose servers can be seen and changed while it runs. One thread. Whatever waits
 * here has an end.
 */
public interface LoadBalancer {
  /**
   * Speaks with it, for one look and what follows from it.
   *
   * @throws LoadBalancerException when it is not there, or lets nobody in
   */
  Session open();

  /** The step in the balancer's own words, for people. */
  String words(String backend, Step step);

  /** A short conversation. */
  interface Session extends AutoCloseable {
    /**
     * Which process answers. Another one knows nothing of what this one was told.
     *
     * @throws LoadBalancerException when it does not answer
     */
    String process();

    /**
     * The servers of a backend that were added here, or by an earlier run; not those of its own
     * configuration.
     *
     * @throws LoadBalancerException when it does not answer, or has no such backend
     */
    List<Server> servers(String backend);

    /**
     * Takes one step.
     *
     * @return false when it has to be put off, because the server is still in use or somebody else
     *     changed it meanwhile: look again later
     * @throws LoadBalancerException when it does not answer, or refuses
     */
    boolean apply(String backend, Step step);

    /** Ends it; never fails. */
    @Override
    void close();
  }
}
