package dev.backstep.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.PatternSyntaxException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegularExpressionsTest {
  /** Without a look at their size before, each of these fills the memory. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(((a{1000}){1000}){1000})",
        "((((((a{20}){20}){20}){20}){20}){20})",
        "(?:[]x}{]{1000}){1000}",
        "((?P<name>\\p{Greek}{1000}){1000}){1000}",
        "(([^]]{999,}){1000}){1000}",
        "(\\Q{\\E{1000}){1000}",
        "(a|b|(c{1000}){1000}",
        ")((a{1000}){1000}){1000}",
        "(([\\]]{1000}){1000}){1000}",
        "((\\x{10FFFF}{1000}){1000}){1000}",
        "(((a+){1000}?){1000}){1000}",
        "a{2000}"
      })
  void whatGrowsIsRefused(String text) {
    assertThatThrownBy(() -> RegularExpressions.compile(text))
        .isInstanceOf(PatternSyntaxException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}| 123e4567-e89b-12d3-a456-426614174000",
        "[A-Za-z0-9._:/-]{1,200}| v1.2.3",
        "a{,5}| a{,5}",
        "a{x}| a{x}",
        "\\Q{9000}\\E| {9000}",
        "[{]9000}| {9000}",
        "\\p{Greek}+| αβγ",
        "(?i)shop| SHOP",
        "v[0-9]+| v12"
      })
  void whatIsOfUseIsNot(String text, String matched) {
    assertThat(RegularExpressions.compile(text).matches(matched)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[a", "a**", "\\", "(?<", "a{1001}", "[", "[^", "\\Q", "\\p{", "{"})
  void whatIsHalfWrittenEndsToo(String text) {
    try {
      assertThat(RegularExpressions.compile(text)).isNotNull();
    } catch (PatternSyntaxException e) {
      assertThat(e.getDescription()).isNotEmpty();
    }
  }
}
