package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.RegisteredSpec;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Judges and has carried out what operators lay down for services. Apply thread. */
final class SpecApplier {
  private final Counters counters;
  private final InstanceTable instances;
  private final RevisionWriter writer;

  SpecApplier(Counters counters, InstanceTable instances, RevisionWriter writer) {
    this.counters = counters;
    this.instances = instances;
    this.writer = writer;
  }

  Outcome apply(Command.PutServiceSpec command) {
    var before = instances.spec(command.spec().service());
    if (isUnexpected(command.expectedRevision(), before)) {
      return new Outcome.RevisionMismatch(counters.revision, modRevision(before));
    }
    if (before != null && before.spec().equals(command.spec())) {
      return new Outcome.SpecPut(before.modRevision(), before);
    }
    var put = writer.putSpec(command.spec(), before);
    return new Outcome.SpecPut(writer.commit(), put);
  }

  Outcome apply(Command.DeleteServiceSpec command) {
    var before = instances.spec(command.service());
    if (isUnexpected(command.expectedRevision(), before)) {
      return new Outcome.RevisionMismatch(counters.revision, modRevision(before));
    }
    if (before == null) {
      return new Outcome.SpecNotFound(counters.revision);
    }
    writer.removeSpec(before);
    return new Outcome.SpecDeleted(writer.commit());
  }

  private static boolean isUnexpected(OptionalLong expected, @Nullable RegisteredSpec before) {
    return expected.isPresent() && expected.getAsLong() != modRevision(before);
  }

  private static long modRevision(@Nullable RegisteredSpec spec) {
    return spec == null ? 0 : spec.modRevision();
  }
}
