package dev.backstep.api.v1alpha1.action;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Ref;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Functions of a database that do something else until they are given back. */
public record ReplaceFunctions(
    @Required
        @JsonPropertyDescription(
            "Secret with host, port, dbname, user and password, labelled backstep.dev/database=true. The user owns the functions.")
        Ref databaseRef,
    @Required
        @Size(min = 1, max = 20)
        @JsonPropertyDescription("The functions and procedures; each comes back byte by byte.")
        List<Function> functions) {

  /** A function, or all of one name. */
  @ValidationRule(
      value = "has(self.body) != has(self.definition)",
      fieldPath = ".body",
      message = "set exactly one of body and definition")
  @ValidationRule(
      value = "!has(self.language) || has(self.body)",
      fieldPath = ".language",
      message = "language is for body: a definition names its own")
  public record Function(
      @Required
          @Size(min = 3, max = 200)
          @Pattern("^(\"[^\"]+\"|[A-Za-z_][A-Za-z0-9_$]*)\\.(\"[^\"]+\"|[A-Za-z_][A-Za-z0-9_$]*)$")
          @JsonPropertyDescription("schema.function")
          String name,
      @Size(max = 100)
          @JsonPropertyDescription(
              "Types of its arguments, which tell it from others of its name; absent: every one of its name. An empty list: the one without arguments.")
          List<@Size(min = 1, max = 200) String> argTypes,
      @Size(min = 1, max = 65536)
          @JsonPropertyDescription(
              "The new body. Arguments, RETURNS, SECURITY, SET and everything else stay as they are.")
          String body,
      @Size(min = 1, max = 65536)
          @JsonPropertyDescription(
              "Or all of it: one CREATE OR REPLACE FUNCTION or PROCEDURE of one function that is there.")
          String definition,
      @Size(min = 1, max = 63) @JsonPropertyDescription("Of body; absent: plpgsql.")
          String language) {

    /** The language of the body. */
    public String bodyLanguage() {
      return language == null ? "plpgsql" : language;
    }
  }
}
