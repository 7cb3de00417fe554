package dev.rollcall.store.filter;

import dev.rollcall.store.filter.Token.Kind;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;

/**
 * Cuts a filter into tokens, one at a time. A quoted value stands between double quotes, where a
 * backslash takes the next character for itself, or between backquotes, where nothing does.
 */
final class Lexer {
  private static final String WORD_SIGNS = "_-./:@+";
  private static final String SYMBOL_STARTS = "=!<>()[]";

  private final String text;
  private int at;

  Lexer(String text) {
    this.text = text;
  }

  /** The next token; {@link Kind#END} again and again behind the last. */
  Token next() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return new Token(Kind.END, "", at + 1);
    }
    char first = text.charAt(at);
    if (first == '"' || first == '`') {
      return quoted(first);
    }
    if (SYMBOL_STARTS.indexOf(first) >= 0) {
      return symbol(first);
    }
    if (isOfWord(first)) {
      return word();
    }
    throw invalid(at + 1, "'" + first + "' has no meaning here; values with it go in quotes");
  }

  /** How many characters the tokens so far took. */
  int at() {
    return at;
  }

  /** Part of what is cut. */
  String text(int from, int to) {
    return text.substring(from, to);
  }

  static InvalidRequest invalid(int position, String what) {
    return new InvalidRequest(
        Rule.INVALID_FILTER, "filter, character %d: %s".formatted(position, what));
  }

  private Token quoted(char quote) {
    int start = at;
    var value = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      if (quote == '"' && text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      value.append(text.charAt(at));
      at++;
    }
    if (at == text.length()) {
      throw invalid(start + 1, "a quote that is not closed");
    }
    at++;
    return new Token(Kind.QUOTED, value.toString(), start + 1);
  }

  private Token symbol(char first) {
    int start = at;
    at++;
    boolean canGoOn = "=!<>".indexOf(first) >= 0;
    if (canGoOn && at < text.length() && text.charAt(at) == '=') {
      at++;
    }
    String symbol = text.substring(start, at);
    if (symbol.equals("=") || symbol.equals("!")) {
      throw invalid(start + 1, "'" + symbol + "' should be '" + symbol + "='");
    }
    return new Token(Kind.SYMBOL, symbol, start + 1);
  }

  private Token word() {
    int start = at;
    while (at < text.length() && isOfWord(text.charAt(at))) {
      at++;
    }
    return new Token(Kind.WORD, text.substring(start, at), start + 1);
  }

  private static boolean isOfWord(char c) {
    return Character.isLetterOrDigit(c) || WORD_SIGNS.indexOf(c) >= 0;
  }
}
