#!lua
-- Judges one application: known already, not yet open, closed, full, or accepted and
-- queued, by Redis's own clock.  All checks come before the first write; every key that
-- is written was read by its own type first, so that a key of a wrong type ends the
-- script with nothing half done.
--
--   KEYS  id:ID who:GIG:WHO seats changes
--   ARGV  PREFIX MODE ID GIG REV AT_MS NODE WHO PRINT FLAGS BOX SEAT TTL
--
-- MODE is "live".  Answers {ready, verdict, seat, flags, received at (ms), clock (ms)}.
-- The rest of the keys is found by PREFIX ("gig:{BOARD}:"): Redis asks for read and
-- write permission on all that is in KEYS, and an edge must not have both.

if #KEYS ~= 4 or #ARGV ~= 13 then
    return redis.error_reply('ERR gig: judge takes 4 keys and 13 arguments')
end

local id_key, who_key, seats_key, changes_key = unpack(KEYS)
local prefix, mode, id, gig, rev, at, node, who, content, flags, box, _, ttl = unpack(ARGV)
local applications_key = prefix .. 'applications'
local changes_kept = 100000

if mode ~= 'live' then
    return redis.error_reply('ERR gig: judge knows the mode live')
end
if not at:find('^%d+$') or not ttl:find('^[1-9]%d*$') then
    return redis.error_reply('ERR gig: AT_MS and TTL of judge are whole numbers')
end

local clock = redis.call('TIME')
local now = tonumber(clock[1])
local clock_ms = clock[1] .. string.format('%03d', math.floor(tonumber(clock[2]) / 1000))

local ready = redis.call('GET', prefix .. 'ready')

local function answer(verdict, seat, its_flags, its_at)
    return {ready or '', verdict, seat or '', its_flags or '', its_at or '', clock_ms}
end

local function full(cap, confirmed, waiting, held)
    return cap ~= nil and (waiting > 0 or confirmed + held >= cap)
end


-- 1. A Redis that lost its memory judges nobody, and says "unknown" of nothing.

if not ready then
    return answer('notready')
end


-- 2. What was answered once is answered again, also after the closing.

local known = redis.call('HMGET', id_key, 'withdrawn', 'print', 'seat', 'flags', 'at')

if known[1] then
    return answer('withdrawn')
end
if known[2] == content then
    return answer('replay', known[3], known[4], known[5])
end
if known[2] then
    return answer('conflict')
end


-- 3. Open or closed, by Redis's clock alone.

local line = redis.call('HGET', prefix .. 'judge', gig)

if not line then
    return answer('unknown')
end

local opens, closes, cap, on_full, status =
    line:match('^(%-?%d*),(%-?%d*),(%d*),(%l*),%d*,(%l*)$')

if not opens then
    return redis.error_reply('ERR gig: the judge line of this gig is damaged')
end
opens, closes, cap = tonumber(opens), tonumber(closes), tonumber(cap)

if status == 'draft' then
    return answer('unknown')
end
if status ~= 'published' or (closes and now >= closes) then
    return answer('closed')
end
if opens and now < opens then
    return answer('unopened')
end


-- 4. Seats, before it is looked up who asks: a full gig answers all alike.

local confirmed, waiting, held, told =
    (redis.call('HGET', seats_key, gig) or ''):match('^(%d+),(%d+),(%d+),?(%l*)$')

confirmed, waiting, held = tonumber(confirmed) or 0, tonumber(waiting) or 0, tonumber(held) or 0
if not told or told == '' then
    told = 'open'
end

local seat = 'reserved'

if full(cap, confirmed, waiting, held) then
    if on_full == 'close' then
        return answer('full')
    end
    seat = 'waitlisted'
end


-- 5. An applicant's applications to a gig share one seat, the first one's.

local first = redis.call('GET', who_key)

if first then
    flags = flags == '' and 'duplicate' or flags .. ',duplicate'
end


-- 6. Reserve, remember, append.

local version = redis.call('HGET', prefix .. 'catalog', 'version') or '0'

redis.call('XLEN', applications_key)
redis.call('XLEN', changes_key)

local entry = redis.call('XADD', applications_key, '*', 'id', id, 'op', 'apply', 'gig', gig,
    'rev', rev, 'at', at, 'node', node, 'who', who, 'print', content, 'seat', seat,
    'flags', flags, 'box', box)

redis.call('HSET', id_key, 'gig', gig, 'who', who, 'print', content, 'seat', seat,
    'flags', flags, 'at', at, 'apply:' .. content, entry)
redis.call('EXPIRE', id_key, ttl)

if first then
    redis.call('EXPIRE', who_key, ttl)
else
    redis.call('SET', who_key, id, 'EX', ttl)
end

-- settle.lua frees by the same rule, read from the entry itself.
if seat == 'reserved' and not (',' .. flags .. ','):find(',duplicate,', 1, true) then
    held = held + 1
end

local state = 'open'
if full(cap, confirmed, waiting, held) then
    state = on_full == 'close' and 'full' or 'waitlist'
end

redis.call('HSET', seats_key, gig,
    string.format('%.0f,%.0f,%.0f,%s', confirmed, waiting, held, state))

if state ~= told then
    redis.call('XADD', changes_key, 'MAXLEN', '~', changes_kept, '*',
        'v', version, 'op', 'seats', 'id', gig, 'seats', state)
end

return answer('accepted', seat, flags, at)
