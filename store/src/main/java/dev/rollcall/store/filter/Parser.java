package dev.rollcall.store.filter;

import com.google.re2j.Pattern;
import dev.rollcall.store.filter.Token.Kind;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.RegisteredInstance;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.semver4j.Semver;

/**
 * Makes an expression of tokens.
 *
 * <pre>
 * or         := and ("or" and)*
 * and        := term ("and" term)*
 * term       := "not" term | "(" or ")" | test
 * test       := VALUE ["not"] "in" name
 *             | name ("==" | "!=") VALUE
 *             | name ("&lt;" | "&lt;=" | "&gt;" | "&gt;=") NUMBER
 *             | "semver" "(" name ")" ("==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=") VERSION
 *             | name ["not"] ("contains" VALUE | "matches" REGEX)
 *             | name "is" ["not"] "empty"
 * name       := WORD | "meta" "[" QUOTED "]"
 * </pre>
 */
final class Parser {
  /** As long as an instance's version may be: the library recurses over what it is given. */
  private static final int VERSION_CHARACTERS_MAX = 128;

  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]{1,18}([.][0-9]{1,18})?");

  private final Lexer lexer;
  private Token next;
  private int depth;

  Parser(Lexer lexer) {
    this.lexer = lexer;
    next = lexer.next();
  }

  Expression parse() {
    Expression all = or();
    if (next.kind() != Kind.END) {
      throw expected("'and', 'or' or the end");
    }
    return all;
  }

  private Expression or() {
    var parts = new ArrayList<Expression>();
    do {
      parts.add(and());
    } while (takeWord("or"));
    return Expression.any(parts);
  }

  private Expression and() {
    var parts = new ArrayList<Expression>();
    do {
      parts.add(term());
    } while (takeWord("and"));
    return Expression.all(parts);
  }

  private Expression term() {
    if (next.is(Kind.WORD, "not")) {
      deeper();
      take();
      Expression negated = term().not();
      depth--;
      return negated;
    }
    if (next.is(Kind.SYMBOL, "(")) {
      deeper();
      take();
      Expression inner = or();
      expectSymbol(")");
      depth--;
      return inner;
    }
    return test();
  }

  private void deeper() {
    depth++;
    if (depth > Filter.DEPTH_MAX) {
      throw Lexer.invalid(next.position(), "nested deeper than " + Filter.DEPTH_MAX);
    }
  }

  private Expression test() {
    if (!next.isValue()) {
      throw expected("a name, a value, 'not' or '('");
    }
    Token first = take();
    if (first.is(Kind.WORD, "semver") && next.is(Kind.SYMBOL, "(")) {
      return semver();
    }
    if (takeWord("in")) {
      return contains(selector(take()), first.text());
    }
    if (first.kind() == Kind.QUOTED) {
      return notIn(first);
    }
    if (next.is(Kind.WORD, "not")) {
      return negated(first);
    }
    Selector selector = selector(first);
    if (takeWord("contains")) {
      return contains(selector, value());
    }
    if (takeWord("matches")) {
      return matches(selector, first);
    }
    if (takeWord("is")) {
      boolean isNegated = takeWord("not");
      expectWord("empty");
      Expression isEmpty = isEmpty(selector);
      return isNegated ? isEmpty.not() : isEmpty;
    }
    return compare(selector, first);
  }

  /** Behind a value in quotes there is nothing else that could come. */
  private Expression notIn(Token value) {
    if (!takeWord("not")) {
      throw expected("'in' or 'not in'");
    }
    expectWord("in");
    return contains(selector(take()), value.text()).not();
  }

  /** "not" behind a word, which is a value or a name. */
  private Expression negated(Token first) {
    take();
    if (takeWord("in")) {
      return contains(selector(take()), first.text()).not();
    }
    Selector selector = selector(first);
    if (takeWord("contains")) {
      return contains(selector, value()).not();
    }
    if (takeWord("matches")) {
      return matches(selector, first).not();
    }
    throw expected("'in', 'contains' or 'matches'");
  }

  private Expression compare(Selector selector, Token name) {
    Comparison comparison = comparison();
    Function<RegisteredInstance, String> of = text(selector, name);
    if (comparison.isEquality()) {
      String wanted = value();
      boolean isEqual = comparison == Comparison.EQUAL;
      return instance -> of.apply(instance).equals(wanted) == isEqual;
    }
    Token value = next;
    BigDecimal wanted =
        number(value()).orElseThrow(() -> Lexer.invalid(value.position(), "no number: " + value));
    return instance ->
        number(of.apply(instance))
            .filter(number -> comparison.holds(number.compareTo(wanted)))
            .isPresent();
  }

  private Expression semver() {
    expectSymbol("(");
    Token name = take();
    var of = text(selector(name), name);
    expectSymbol(")");
    Comparison comparison = comparison();
    Token value = next;
    Semver wanted =
        version(value()).orElseThrow(() -> Lexer.invalid(value.position(), "no version: " + value));
    return instance ->
        version(of.apply(instance))
            .filter(version -> comparison.holds(version.compareTo(wanted)))
            .isPresent();
  }

  private static Expression contains(Selector selector, String value) {
    return switch (selector) {
      case Selector.Text(var of) -> instance -> of.apply(instance).contains(value);
      case Selector.Words(var of) -> instance -> of.apply(instance).contains(value);
    };
  }

  private Expression matches(Selector selector, Token name) {
    var of = text(selector, name);
    int position = next.position();
    Predicate<String> isFound = Regex.find(value(), position);
    return instance -> isFound.test(of.apply(instance));
  }

  private static Expression isEmpty(Selector selector) {
    return switch (selector) {
      case Selector.Text(var of) -> instance -> of.apply(instance).isEmpty();
      case Selector.Words(var of) -> instance -> of.apply(instance).isEmpty();
    };
  }

  private static Function<RegisteredInstance, String> text(Selector selector, Token name) {
    return switch (selector) {
      case Selector.Text(var of) -> of;
      case Selector.Words words ->
          throw Lexer.invalid(
              name.position(), name + " is a list: ask with 'in', 'contains' or 'is empty'");
    };
  }

  private Selector selector(Token name) {
    if (name.kind() != Kind.WORD) {
      throw Lexer.invalid(name.position(), "a name is expected, not " + name);
    }
    if (name.text().equals("meta") && next.is(Kind.SYMBOL, "[")) {
      take();
      Token key = take();
      if (key.kind() != Kind.QUOTED) {
        throw Lexer.invalid(key.position(), "a key in quotes is expected, not " + key);
      }
      expectSymbol("]");
      return Selector.metadata(key.text());
    }
    return Selector.of(name.text())
        .orElseThrow(() ->
            Lexer.invalid(
                name.position(), "nothing is called " + name + "; there are " + Selector.NAMES));
  }

  private Comparison comparison() {
    Token symbol = next;
    if (symbol.kind() == Kind.SYMBOL) {
      for (Comparison each : Comparison.values()) {
        if (each.symbol().equals(symbol.text())) {
          take();
          return each;
        }
      }
    }
    throw expected("'==', '!=', 'contains', 'matches', 'is', 'in' or a comparison");
  }

  private String value() {
    if (!next.isValue()) {
      throw expected("a value");
    }
    return take().text();
  }

  private Token take() {
    Token taken = next;
    next = lexer.next();
    return taken;
  }

  private boolean takeWord(String word) {
    boolean isThere = next.is(Kind.WORD, word);
    if (isThere) {
      take();
    }
    return isThere;
  }

  private void expectWord(String word) {
    if (!takeWord(word)) {
      throw expected("'" + word + "'");
    }
  }

  private void expectSymbol(String symbol) {
    if (!next.is(Kind.SYMBOL, symbol)) {
      throw expected("'" + symbol + "'");
    }
    take();
  }

  private InvalidRequest expected(String what) {
    return Lexer.invalid(next.position(), what + " is expected, not " + next);
  }

  private static Optional<BigDecimal> number(String text) {
    return NUMBER.matches(text) ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }

  /** Also of what is nearly one: a leading v, a missing patch number. */
  private static Optional<Semver> version(String text) {
    return text.length() > VERSION_CHARACTERS_MAX
        ? Optional.empty()
        : Optional.ofNullable(Semver.coerce(text));
  }
}
