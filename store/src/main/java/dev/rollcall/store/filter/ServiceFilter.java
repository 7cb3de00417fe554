package dev.rollcall.store.filter;

import dev.rollcall.store.ServiceSummary;
import dev.rollcall.store.instance.InvalidRequest;
import java.util.List;

/**
 * Tells services that are wanted from those that are not, in the language and within the limits of
 * {@link Filter}. Immutable; any thread.
 */
public final class ServiceFilter {
  private static final ServiceFilter ALL = new ServiceFilter(new Expression.All<>(List.of()));

  private final Expression<ServiceSummary> expression;

  private ServiceFilter(Expression<ServiceSummary> expression) {
    this.expression = expression;
  }

  /**
   * Reads a filter; an empty one wants everything.
   *
   * @throws InvalidRequest as {@link Filter#parse} does
   */
  public static ServiceFilter parse(String text) {
    return text.isBlank()
        ? ALL
        : new ServiceFilter(Filter.expression(text, ServiceVocabulary.SERVICES));
  }

  /** Whether the service is wanted. */
  public boolean matches(ServiceSummary service) {
    return expression.matches(service);
  }
}
