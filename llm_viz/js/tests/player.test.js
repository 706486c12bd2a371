import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { makePlayer } from "../src/lib/player.js";

/** @param {number} steps how many there are */
function playerOf(steps) {
  const seen = { shown: 0, changes: /** @type {boolean[]} */ ([]), speed: 10 };
  const player = makePlayer({
    speed: () => seen.speed,
    onStep: () => (seen.shown += 1) < steps,
    onChange: (playing) => seen.changes.push(playing),
  });
  return { seen, player };
}

test("it steps at its speed, and stops at the end", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { seen, player } = playerOf(3);
  player.play();
  player.play(); // once is enough
  assert.equal(player.playing, true);
  mock.timers.tick(100);
  assert.equal(seen.shown, 1);
  seen.speed = 100;
  mock.timers.tick(100);
  assert.equal(seen.shown, 2, "the next step had been timed already");
  mock.timers.tick(10);
  assert.deepEqual([seen.shown, player.playing, seen.changes], [3, false, [true, false]]);
  mock.timers.tick(1000);
  assert.equal(seen.shown, 3);
  mock.timers.reset();
});

test("it pauses, goes on, and closes without a word", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { seen, player } = playerOf(9);
  player.pause();
  player.play();
  mock.timers.tick(100);
  mock.timers.tick(100);
  mock.timers.tick(50);
  player.pause();
  mock.timers.tick(1000);
  assert.deepEqual([seen.shown, seen.changes], [2, [true, false]]);
  player.play();
  mock.timers.tick(100);
  player.close();
  mock.timers.tick(1000);
  assert.deepEqual([seen.shown, seen.changes], [3, [true, false, true]]);
  mock.timers.reset();
});
