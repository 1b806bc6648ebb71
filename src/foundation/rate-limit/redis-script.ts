/**
 * One charge in Redis, by its clock, as one atomic step and one round trip. KEYS[1] is a hash of a key's spans: the span's
 * number → units. ARGV: the span's length in milliseconds, the limit, the units asked for. It answers
 * { 1 or 0: admitted, units spent, milliseconds to wait, span }, as `SlidingWindow.take` does.
 */
export const takeScript = `
local span_ms, limit, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), math.min(tonumber(ARGV[3]), tonumber(ARGV[2]))
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local span = math.floor(now_ms / span_ms)
local stored = redis.call('HGETALL', KEYS[1])
local spans, units, spent = {}, {}, 0
for i = 1, #stored, 2 do
  local at = tonumber(stored[i])
  if at > span then span = at end
end
for i = 1, #stored, 2 do
  local at = tonumber(stored[i])
  if at <= span - 11 then
    redis.call('HDEL', KEYS[1], stored[i])
  else
    spans[#spans + 1] = at
    units[at] = tonumber(stored[i + 1])
    spent = spent + units[at]
  end
end
local admitted = spent + wanted <= limit
local freed = 1
if admitted then
  if units[span] == nil then spans[#spans + 1] = span end
  units[span] = redis.call('HINCRBY', KEYS[1], string.format('%.0f', span), wanted)
  redis.call('PEXPIRE', KEYS[1], (span + 11) * span_ms - now_ms)
  spent = spent + wanted
else
  freed = spent + wanted - limit
end
table.sort(spans)
local until_ms = now_ms
for _, at in ipairs(spans) do
  freed = freed - units[at]
  until_ms = (at + 11) * span_ms
  if freed <= 0 then break end
end
return { admitted and 1 or 0, spent, until_ms - now_ms, span }
`;

/** Gives units back. KEYS[1] as above; ARGV: the span, the units. What is not counted any more stays gone. */
export const giveBackScript = `
local units = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local given = math.min(units, tonumber(ARGV[2]))
if given > 0 then redis.call('HINCRBY', KEYS[1], ARGV[1], -given) end
return given
`;
