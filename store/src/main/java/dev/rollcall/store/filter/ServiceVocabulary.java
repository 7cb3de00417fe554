package dev.rollcall.store.filter;

import dev.rollcall.store.ServiceSummary;
import dev.rollcall.store.filter.Selector.Text;
import dev.rollcall.store.filter.Selector.Words;
import java.util.Optional;

/** What names stand for in a service. */
enum ServiceVocabulary implements Vocabulary<ServiceSummary> {
  SERVICES;

  private static final String LABELS = "labels.";

  @Override
  public Optional<Selector<ServiceSummary>> named(String name) {
    if (name.startsWith(LABELS) && name.length() > LABELS.length()) {
      return Optional.of(keyed(name.substring(LABELS.length())));
    }
    return Optional.ofNullable(
        switch (name) {
          case "name" -> new Text<>(service -> service.service().name());
          case "instances" -> new Text<>(service -> Integer.toString(service.instances()));
          case "labels" -> new Words<>(service -> service.labels().keySet());
          default -> null;
        });
  }

  @Override
  public String pairs() {
    return "labels";
  }

  @Override
  public Selector<ServiceSummary> keyed(String key) {
    return new Text<>(service -> service.labels().getOrDefault(key, ""));
  }

  @Override
  public String names() {
    return "name, instances, labels, labels.KEY";
  }
}
