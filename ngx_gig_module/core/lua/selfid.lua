#!lua
-- Appends self-identifications: a batch of at least ten or none at all, so that nobody can
-- tell which of ten people an entry is of.  They come shuffled, and all alike but for
-- what is random: an entry has an id, a day and a box, nothing else.
--
--   KEYS  none (an edge may append to `selfid`, not read it; see judge.lua)
--   ARGV  PREFIX DAY COUNT RECORDS
--
-- PREFIX is "gig:{BOARD}:".  DAY is as 2026-11-27, the same for all.  RECORDS are COUNT
-- texts of one size, one after another: 22 characters of an id, then its box.  Answers
-- with COUNT.

local FEWEST = 10
local ID = 22

if #KEYS ~= 0 or #ARGV ~= 4 then
    return redis.error_reply('ERR gig: selfid takes no key and 4 arguments')
end

local prefix, day, count, records = unpack(ARGV)

if not day:find('^%d%d%d%d%-%d%d%-%d%d$') then
    return redis.error_reply('ERR gig: DAY of selfid is as 2026-11-27')
end
if not count:find('^%d+$') or tonumber(count) < FEWEST then
    return redis.error_reply('ERR gig: selfid takes at least ' .. FEWEST .. ' at once')
end

local n = tonumber(count)
local size = #records / n

if size ~= math.floor(size) or size <= ID then
    return redis.error_reply('ERR gig: RECORDS of selfid are of one size')
end

for i = 0, n - 1 do
    if not records:sub(i * size + 1, i * size + ID):find('^[%w_-]+$') then
        return redis.error_reply('ERR gig: an id of selfid is 22 characters of base64url')
    end
end

for i = 0, n - 1 do
    redis.call('XADD', prefix .. 'selfid', '*', 'id', records:sub(i * size + 1, i * size + ID),
        'day', day, 'box', records:sub(i * size + ID + 1, (i + 1) * size))
end

return n
