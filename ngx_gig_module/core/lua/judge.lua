#!lua
-- Judges one application: known already, not yet open, closed, full, or accepted and
-- queued, by Redis's own clock.  All checks come before the first write; every key that
-- is written was read by its own type first, so that a key of a wrong type ends the
-- script with nothing half done.
--
--   KEYS  id:ID who:GIG:WHO seats changes
--   ARGV  PREFIX MODE ID GIG REV AT_MS NODE WHO PRINT FLAGS BOX SEAT TTL [FILES]
--
-- MODE is "live", or from a ledger "intent", "resend", "replay": what was acknowledged
-- is labelled and never refused.  "ask" only asks what is known of ID: "fresh" is nothing.
-- The flag "replaces" of a live one says that its applicant proved to have another here; it
-- is not kept, as what is replaced is in the box.  Answers {ready, verdict, seat, flags,
-- received at (ms), clock (ms)}.  The rest of the keys is found by PREFIX ("gig:{BOARD}:"):
-- Redis asks for read and write permission on all that is in KEYS, and an edge must not have
-- both.

if #KEYS ~= 4 or #ARGV < 13 or #ARGV > 14 then
    return redis.error_reply('ERR gig: judge takes 4 keys and 13 or 14 arguments')
end

local id_key, who_key, seats_key, changes_key = unpack(KEYS)
local prefix, mode, id, gig, rev, at, node, who, content, flags, box, given, ttl, files_max =
    unpack(ARGV)
local applications_key = prefix .. 'applications'
local files_key = prefix .. 'files'
local changes_kept = 100000
local large = 65536                 -- bytes of a box from which it counts as one with files
local memory_part = 0.8             -- of maxmemory, which files may not bring Redis above
local clock_bound = 5000            -- ms that the clocks of an edge and of Redis may differ

local modes = {live = 1, ask = 1, intent = 1, resend = 1, replay = 1}
local seats = {[''] = 1, reserved = 1, waitlisted = 1, over = 1, late = 1}

if not modes[mode] then
    return redis.error_reply('ERR gig: MODE of judge is live, ask, intent, resend or replay')
end
if not at:find('^%d+$') or not ttl:find('^[1-9]%d*$') then
    return redis.error_reply('ERR gig: AT_MS and TTL of judge are whole numbers')
end
if files_max and not files_max:find('^%d+$') then
    return redis.error_reply('ERR gig: FILES of judge is a whole number')
end
if not seats[given] then
    return redis.error_reply('ERR gig: SEAT of judge is the word of a seat or empty')
end

local clock = redis.call('TIME')
local now = tonumber(clock[1])
local clock_ms = clock[1] .. string.format('%03d', math.floor(tonumber(clock[2]) / 1000))

local ready = redis.call('GET', prefix .. 'ready')

local function answer(verdict, seat, its_flags, its_at)
    return {ready or '', verdict, seat or '', its_flags or '', its_at or '', clock_ms}
end

local function with(words, word)
    return words == '' and word or words .. ',' .. word
end

local function full(cap, count)
    return cap ~= nil and (count.waiting > 0 or count.confirmed + count.held >= cap)
end

-- What is held lies in `applications`: when that is empty, nothing is, whatever was trimmed.
local function count_seats(queue)
    local confirmed, waiting, held, told =
        (redis.call('HGET', seats_key, gig) or ''):match('^(%d+),(%d+),(%d+),?(%l*)$')
    return {
        confirmed = tonumber(confirmed) or 0,
        waiting = tonumber(waiting) or 0,
        held = queue > 0 and tonumber(held) or 0,
        told = told and told ~= '' and told or 'open'
    }
end

-- Whether an entry is in the queue still.  An edge may not read entries, so this goes by what
-- can be known without: entry and `id:ID` are written together and settled together, so it
-- is there unless somebody trimmed the stream.  Then nothing is left, or it is older than what
-- may be left, which settle.lua notes in `first`.  withdraw.lua asks the same.
local function is_queued(entry, queue)
    local ms, n = entry:match('^(%d+)%-(%d+)$')
    local first_ms, first_n =
        (redis.call('HGET', prefix .. 'catalog', 'first') or ''):match('^(%d+)%-(%d+)$')

    if not ms or queue == 0 then
        return false
    end
    if not first_ms or tonumber(ms) ~= tonumber(first_ms) then
        return not first_ms or tonumber(ms) > tonumber(first_ms)
    end
    return tonumber(n) >= tonumber(first_n)
end


-- 1. A Redis that lost its memory judges nobody, and says "unknown" of nothing.

if not ready then
    return answer('notready')
end


-- 2. What was answered once is answered again, also after the closing.  From a ledger:
--    what was delivered, or is on its way, needs no other copy.

local withdrawn, first_print, first_seat, first_flags, first_at, place = unpack(
    redis.call('HMGET', id_key, 'withdrawn', 'print', 'seat', 'flags', 'at', 'apply:' .. content))
local queue = redis.call('XLEN', applications_key)
local known = withdrawn or first_print
local same = first_print == content

if mode == 'live' or mode == 'ask' then
    if withdrawn then
        return answer('withdrawn')
    end
    if same then
        return answer('replay', first_seat, first_flags, first_at)
    end
    if first_print then
        return answer('conflict', '', '', first_at)
    end
    if mode == 'ask' then
        return answer('fresh')
    end

else
    local verdict = place and is_queued(place, queue) and 'queued'
        or place == 'settled' and mode ~= 'replay' and 'settled'

    -- The first outcome is the first record's, and says nothing of another with its id.
    if verdict and same then
        return answer(verdict, first_seat, first_flags, first_at)
    end
    if verdict then
        return answer(verdict, '', withdrawn and 'withdrawn' or 'conflict', at)
    end
end


-- 3. Open or closed: by Redis's clock alone; from a ledger by the time it was received,
--    as nobody asked this Redis then.  Status is what it is now, so it does not label.

local line = redis.call('HGET', prefix .. 'judge', gig)
local opens, closes, cap, on_full, status

if line then
    opens, closes, cap, on_full, status = line:match('^(%-?%d*),(%-?%d*),(%d*),(%l*),%d*,(%l*)$')

    if not opens then
        return redis.error_reply('ERR gig: the judge line of this gig is damaged')
    end
    opens, closes, cap = tonumber(opens), tonumber(closes), tonumber(cap)
end

local seat

if mode == 'live' then
    if not line or status == 'draft' then
        return answer('unknown')
    end
    if status ~= 'published' or (closes and now >= closes) then
        return answer('closed')
    end
    if opens and now < opens then
        return answer('unopened')
    end

elseif not line or status == 'draft' then
    seat = 'over'

elseif (opens and tonumber(at) < opens * 1000 - clock_bound)
    or (closes and tonumber(at) > closes * 1000 + clock_bound)
then
    seat = 'late'
end


-- 4. Seats, before it is looked up who asks: a full gig answers all alike.  But whoever proved
--    to have an application here sends another version of it, and keeps what that one has.

local count = count_seats(queue)

if mode == 'live' and flags == 'replaces' then
    local earlier = redis.call('GET', who_key)

    flags = ''
    local has = earlier and redis.call('HGET', prefix .. 'id:' .. earlier, 'seat')

    if has == 'reserved' or has == 'waitlisted' then
        seat = has
    end
end

if not seat then
    seat = 'reserved'

    if full(cap, count) then
        if mode == 'live' and on_full == 'close' then
            return answer('full')
        end
        seat = on_full == 'close' and 'over' or 'waitlisted'
    end
end


-- Files wait in memory that others need as well.  FILES is how many bytes of large boxes may
-- wait; the edge has asked before, but not what others send at this moment.

if mode == 'live' and files_max and #box >= large then
    local waiting = queue > 0 and tonumber(redis.call('HGET', files_key, 'bytes')) or 0
    local info = redis.call('INFO', 'memory')
    local used, most = info:match('used_memory:(%d+)'), info:match('maxmemory:(%d+)')

    if waiting + #box > tonumber(files_max)
        or (most and tonumber(most) > 0 and tonumber(used) + #box > memory_part * tonumber(most))
    then
        return answer('crowded')
    end
end


-- 5. An applicant's applications to a gig share one seat, the first one's.  What a ledger
--    brings has its outcome already, if it had one; that it is a duplicate is said anew,
--    because they may come back in another order.

local first = redis.call('GET', who_key)

if mode ~= 'live' then
    local others = {}
    for word in flags:gmatch('[^,]+') do
        if word ~= 'duplicate' and word ~= 'conflict' and word ~= 'withdrawn' then
            others[#others + 1] = word
        end
    end
    flags = table.concat(others, ',')
end

if withdrawn or (known and not same) then
    seat, flags = '', with(flags, withdrawn and 'withdrawn' or 'conflict')

elseif known then
    seat, flags = first_seat, first_flags

else
    if (mode == 'resend' or mode == 'replay') and given ~= '' then
        seat = given
    end
    if first and first ~= id then
        flags = with(flags, 'duplicate')
    end
end


-- 6. Reserve, remember, append.

local version = redis.call('HGET', prefix .. 'catalog', 'version') or '0'

redis.call('XLEN', changes_key)

if #box >= large then
    redis.call('HGET', files_key, 'bytes')
end

local entry = redis.call('XADD', applications_key, '*', 'id', id, 'op', 'apply', 'gig', gig,
    'rev', rev, 'at', at, 'node', node, 'who', who, 'print', content, 'seat', seat,
    'flags', flags, 'box', box)

-- Bytes of large boxes that wait; settle.lua takes them off again, by the same rule.
if #box >= large then
    if queue == 0 then
        redis.call('HSET', files_key, 'bytes', #box)
    else
        redis.call('HINCRBY', files_key, 'bytes', #box)
    end
end

if not known then
    redis.call('HSET', id_key, 'gig', gig, 'who', who, 'print', content, 'seat', seat,
        'flags', flags, 'at', at)
end

redis.call('HSET', id_key, 'apply:' .. content, entry)
redis.call('EXPIRE', id_key, ttl)

-- One and the same call whether the applicant is known or not: the time that it takes is an
-- answer, too.  Of what has no seat there is nothing to share.
if first or (not known and (seat == 'reserved' or seat == 'waitlisted')) then
    redis.call('SET', who_key, first or id, 'EX', ttl)
end

-- One more for each entry that holds, one less when settle.lua removes it: by the same rule.
if seat == 'reserved' and not (',' .. flags .. ','):find(',duplicate,', 1, true) then
    count.held = count.held + 1
end

local state = 'open'
if full(cap, count) then
    state = on_full == 'close' and 'full' or 'waitlist'
end

-- Of a gig that nobody publishes any more, only what is held; as settle.lua has it.
if line or count.held > 0 or redis.call('HGET', seats_key, gig) then
    redis.call('HSET', seats_key, gig, string.format('%.0f,%.0f,%.0f,%s',
        count.confirmed, count.waiting, count.held, state))
end

if line and state ~= count.told then
    redis.call('XADD', changes_key, 'MAXLEN', '~', changes_kept, '*',
        'v', version, 'op', 'seats', 'id', gig, 'seats', state)
end

return answer(mode == 'live' and 'accepted' or 'appended', seat, flags, same and first_at or at)
