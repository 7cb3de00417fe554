package dev.rollcall.cli;

import dev.rollcall.client.Endpoint;
import dev.rollcall.client.ServiceInstance;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows under headings, each column as wide as its widest cell. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(List.of(headings));
  }

  Table row(Object... cells) {
    var row = new ArrayList<String>();
    for (Object cell : cells) {
      row.add(cell.toString());
    }
    rows.add(row);
    return this;
  }

  void print(PrintWriter out) {
    int columns = rows.get(0).size();
    var widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        line.append(row.get(column));
        line.append(" ".repeat(widths[column] - row.get(column).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  /** All endpoints of an instance in one cell. */
  static String endpoints(ServiceInstance instance) {
    return instance.endpoints().stream().map(Table::endpoint).collect(Collectors.joining(" "));
  }

  private static String endpoint(Endpoint endpoint) {
    String protocol = endpoint.protocol().isEmpty() ? "" : endpoint.protocol() + "://";
    return protocol + endpoint.hostAndPort();
  }
}
