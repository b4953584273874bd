package dev.backstep.measure;

import java.time.Duration;

/**
 * What makes a verdict of readings.
 *
 * @param greens so many green ones in a row are healthy
 * @param reds so many red ones in a row are unhealthy
 * @param errors so many in a row that could not be made are inconclusive
 * @param longestPause a longer pause between two of them is a gap
 */
public record Limits(int greens, int reds, int errors, Duration longestPause) {}
