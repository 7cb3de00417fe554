package dev.rollcall.client;

/**
 * Which services to list.
 *
 * @param prefix only names that start with this, without case; empty means all
 * @param filter only those for which this expression holds, such as {@code labels.team == pay and
 *     instances > 0}; empty means all. The registry reads it, and refuses what is none with {@link
 *     Reason#INVALID_FILTER}
 * @param pageSize services per page, 1 to 10,000; 0 leaves it to the server (1,000)
 * @param pageToken of the page before; empty for the first
 * @param consistency how fresh
 */
public record ServiceQuery(
    String prefix, String filter, int pageSize, String pageToken, Consistency consistency) {
  /** The first page of all names that start so, linearizable. */
  public static ServiceQuery prefix(String prefix) {
    return new ServiceQuery(prefix, "", 0, "", Consistency.linearizable());
  }

  /** The same for those for which the expression holds. */
  public ServiceQuery withFilter(String expression) {
    return new ServiceQuery(prefix, expression, pageSize, pageToken, consistency);
  }

  /** The same with another page size. */
  public ServiceQuery withPageSize(int services) {
    return new ServiceQuery(prefix, filter, services, pageToken, consistency);
  }

  /** The page that follows the one with this {@link ServicePage#nextPageToken}. */
  public ServiceQuery after(String nextPageToken) {
    return new ServiceQuery(prefix, filter, pageSize, nextPageToken, consistency);
  }

  /** The same, as fresh as said. */
  public ServiceQuery withConsistency(Consistency level) {
    return new ServiceQuery(prefix, filter, pageSize, pageToken, level);
  }
}
