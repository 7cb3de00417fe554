package dev.rollcall.client.dns;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException.Unavailable;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.NoInitialContextException;
import javax.naming.ServiceUnavailableException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/**
 * DNS by the JDK's own provider (module {@code jdk.naming.dns}), so that the client needs no
 * library for it: over UDP, over TCP when an answer was cut short; nothing is cached. A server that
 * is silent is asked twice, for 1 s and for 2 s.
 */
final class JndiDns implements DnsRecords {
  private static final String FIRST_TIMEOUT_MILLIS = "1000";
  private static final String ATTEMPTS = "2";

  private final String server;

  /** {@code server}: host or host:port; empty for those of the system. */
  JndiDns(String server) {
    this.server = server;
  }

  // What makes JNDI dangerous is objects that are read from directories; this provider reads
  // attributes, which are strings. Its constructor wants the obsolete table.
  @SuppressWarnings({"BanJNDI", "JdkObsolete"})
  @Override
  public List<String> find(Type type, String name) {
    try {
      var context = new InitialDirContext(new Hashtable<>(environment()));
      try {
        // The dot at the end: a whole name, whatever the system appends to others.
        return values(
            context.getAttributes(name + ".", new String[] {type.name()}).get(type.name()));
      } finally {
        context.close();
      }
    } catch (NameNotFoundException e) {
      return List.of();
    } catch (NamingException e) {
      throw new Unavailable(
          Reason.UNREACHABLE, "DNS: %s of %s: %s".formatted(type, name, why(e)), e);
    }
  }

  private Map<String, String> environment() {
    return Map.of(
        Context.INITIAL_CONTEXT_FACTORY,
        "com.sun.jndi.dns.DnsContextFactory",
        Context.PROVIDER_URL,
        server.isEmpty() ? "dns:" : "dns://" + server + "/",
        "com.sun.jndi.dns.timeout.initial",
        FIRST_TIMEOUT_MILLIS,
        "com.sun.jndi.dns.timeout.retries",
        ATTEMPTS);
  }

  private static List<String> values(@Nullable Attribute records) throws NamingException {
    if (records == null) {
      return List.of();
    }
    var values = new ArrayList<String>();
    NamingEnumeration<?> all = records.getAll();
    while (all.hasMore()) {
      values.add(String.valueOf(all.next()));
    }
    return values;
  }

  private static String why(NamingException e) {
    if (e instanceof CommunicationException) {
      return "no answer from a server";
    }
    if (e instanceof ServiceUnavailableException) {
      return "the server could not answer";
    }
    if (e instanceof NoInitialContextException) {
      return "this Java runtime lacks the module jdk.naming.dns";
    }
    return String.valueOf(e.getMessage());
  }
}
