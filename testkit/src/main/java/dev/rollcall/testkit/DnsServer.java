package dev.rollcall.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;

/**
 * A small name server on the loopback address, over UDP and TCP: it knows what a test told it and
 * nothing else. A name it has never heard of does not exist; of a known one it may have no record
 * of the type asked for.
 */
public final class DnsServer implements AutoCloseable {
  private static final int UDP_BYTES_MAX = 512;
  private static final int TTL_SECONDS = 60;

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Map<String, List<Record>> records = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int rcode = Rcode.NOERROR;
  private volatile boolean isSilent;

  private DnsServer(DatagramSocket udp, ServerSocket tcp) {
    this.udp = udp;
    this.tcp = tcp;
  }

  /** Starts one that knows nothing, on a port that is free. */
  public static DnsServer start() {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      var tcp = new ServerSocket(0, 50, loopback);
      var udp = new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()));
      var server = new DnsServer(udp, tcp);
      server.thread("dns-udp", server::serveUdp);
      server.thread("dns-tcp", server::serveTcp);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void thread(String name, Runnable task) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** host:port. */
  public String address() {
    return "127.0.0.1:" + tcp.getLocalPort();
  }

  /** Adds an SRV record. */
  public DnsServer srv(String name, int priority, int port, String target) {
    return add(
        new SRVRecord(absolute(name), DClass.IN, TTL_SECONDS, priority, 0, port, absolute(target)));
  }

  /** Adds a TXT record of one or more strings. */
  public DnsServer txt(String name, String... strings) {
    return add(new TXTRecord(absolute(name), DClass.IN, TTL_SECONDS, List.of(strings)));
  }

  private DnsServer add(Record record) {
    records.computeIfAbsent(key(record.getName()), it -> new CopyOnWriteArrayList<>()).add(record);
    return this;
  }

  /** Forgets all names. */
  public void clear() {
    records.clear();
  }

  /** Answers every question with this code of RFC 1035, such as {@code SERVFAIL}. */
  public void answersOnly(String code) {
    rcode = Rcode.value(code);
  }

  /** Answers no question any more, or again. */
  public void silent(boolean value) {
    isSilent = value;
  }

  /** What was asked, as {@code TYPE name} or, over TCP, {@code TYPE name tcp}, in order. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  private static Name absolute(String name) {
    try {
      return Name.fromString(name, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String key(Name name) {
    return name.toString(true).toLowerCase(Locale.ROOT);
  }

  private void serveUdp() {
    try {
      while (true) {
        var packet = new DatagramPacket(new byte[UDP_BYTES_MAX], UDP_BYTES_MAX);
        udp.receive(packet);
        Message answer = answer(new Message(packet.getData()), "");
        if (!isSilent) {
          byte[] bytes = answer.toWire(UDP_BYTES_MAX); // sets TC when it does not fit
          udp.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
        }
      }
    } catch (SocketException e) {
      return; // closed
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serveTcp() {
    try {
      while (true) {
        try (Socket socket = tcp.accept()) {
          var in = new DataInputStream(socket.getInputStream());
          byte[] question = new byte[in.readUnsignedShort()];
          in.readFully(question);
          byte[] answer = answer(new Message(question), " tcp").toWire();
          if (!isSilent) {
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(answer.length);
            out.write(answer);
            out.flush();
          }
        }
      }
    } catch (SocketException e) {
      return; // closed
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Message answer(Message question, String how) {
    Record wanted = question.getQuestion();
    asked.add(org.xbill.DNS.Type.string(wanted.getType()) + " " + key(wanted.getName()) + how);
    var answer = new Message(question.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    answer.addRecord(wanted, Section.QUESTION);
    List<Record> known = records.get(key(wanted.getName()));
    if (rcode != Rcode.NOERROR || known == null) {
      answer.getHeader().setRcode(rcode != Rcode.NOERROR ? rcode : Rcode.NXDOMAIN);
      return answer;
    }
    known.stream()
        .filter(record -> record.getType() == wanted.getType())
        .forEach(record -> answer.addRecord(record, Section.ANSWER));
    return answer;
  }

  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
