package dev.rollcall.client.dns;

import java.util.List;

/** The domain name system as a lookup sees it: the edge that tests replace. */
interface DnsRecords {
  /** What is asked for. */
  enum Type {
    /** {@code priority weight port target}. */
    SRV,
    /** Strings separated by blanks, in quotes where they contain blanks. */
    TXT
  }

  /**
   * The records of a name in the form of a zone file, in no order; none when the name does not
   * exist or has none of that type. Blocks, a few seconds at most.
   *
   * @throws dev.rollcall.client.RegistryException.Unavailable when no server gave an answer
   */
  List<String> find(Type type, String name);
}
