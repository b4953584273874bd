package dev.backstep.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cel.common.values.NullValue;

/** Single values, as JSON has them and as conditions see them. */
public final class Values {
  private Values() {}

  /** A value for a condition: whole numbers, other numbers, true, false, a text, CEL's null. */
  public static Object of(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.longValue();
    }
    if (value.isNumber()) {
      return value.doubleValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    return value.isTextual() ? value.textValue() : NullValue.NULL_VALUE;
  }

  /** True for a number, true, false, a text and null, whether it is CEL's or that of a member. */
  static boolean isSingle(Object value) {
    return value == null || value == NullValue.NULL_VALUE || !json(value).isNull();
  }

  /** What a condition sees, as JSON; whatever is no single value is null. */
  public static JsonNode json(Object value) {
    if (value instanceof Long number) {
      return LongNode.valueOf(number);
    }
    if (value instanceof Double number) {
      return DoubleNode.valueOf(number);
    }
    if (value instanceof Boolean truth) {
      return BooleanNode.valueOf(truth);
    }
    return value instanceof String text ? TextNode.valueOf(text) : NullNode.instance;
  }
}
