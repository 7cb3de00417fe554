package dev.rollcall.server.gateway.eureka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireFormatTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json                                | JSON
          APPLICATION/JSON; charset=utf-8                 | JSON
          application/json, application/*+json            | JSON
          application/json, application/xml               | JSON
          application/xml, application/json               | XML
          application/xml, application/json;q=0.5         | XML
          application/xml;q=0.5, application/json         | JSON
          application/xml;q=0.50, application/json; q=0.6 | JSON
          application/json;q=0, */*                       | XML
          application/json;q=most                         | JSON
          application/xml                                 | XML
          text/html                                       | XML
          */*                                             | XML
          """)
  void jsonIsForThoseWhoPreferIt(String accept, WireFormat format) {
    assertThat(WireFormat.of(Optional.of(accept), Optional.empty())).isEqualTo(format);
  }
}
