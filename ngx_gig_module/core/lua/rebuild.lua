#!lua
-- One link of the chain that brings back a Redis that lost its memory.  Until `ready`
-- is there nobody may judge.  It is written last, and only if no link was lost on the
-- way: a FLUSHALL in between takes the fence with it.
--
--   KEYS  ready rebuild seats judge catalog changes stages (id:ID who:GIG:WHO)...
--   ARGV  begin  FENCE
--         seats  FENCE STEP (GIG CONFIRMED WAITING)...
--         known  FENCE STEP TTL (OP ID PRINT GIG WHO SEAT AT_MS WITHDRAWN)...
--         stages FENCE STEP (ID STAGES)...          as settle.lua takes them
--         finish FENCE STEP NONCE DIGEST
--
-- With FENCE "recall", `known` and `stages` are no links: they bring to a Redis that is ready
-- what it may have lost (a promoted replica was behind, and has `ready` all the same).  What it
-- knows stays as it is.
--
-- Answers {"ok" | "ready" | "busy" | "lost" | "stale"}; docs/redis-schema.md says what
-- each asks of the caller.  Gigs and forms come back by publish.lua in between.

local items_max = 1000
local changes_kept = 100000
local stages_max = 1024             -- bytes of one application's
local takeover = 10                 -- seconds without a move

local ready_key, rebuild_key, seats_key, judge_key, catalog_key, changes_key, stages_key =
    unpack(KEYS, 1, 7)
local what, fence, step = ARGV[1], ARGV[2], tonumber(ARGV[3])
local now = tonumber(redis.call('TIME')[1])

if #KEYS < 7 or not fence or #fence > 64 or not fence:find('^[%w_-]+$') then
    return redis.error_reply('ERR gig: rebuild takes 7 keys or more and a FENCE')
end

local recall = fence == 'recall' and (what == 'known' or what == 'stages')

local function move(to)
    if recall then
        return {'ok'}
    end
    redis.call('SET', rebuild_key, string.format('%s %.0f %.0f', fence, to, now))
    return {'ok'}
end

local function seats_of(gig)
    local line = redis.call('HGET', seats_key, gig) or ''
    local confirmed, waiting, held, told = line:match('^(%d+),(%d+),(%d+),?(%l*)$')
    if not told or told == '' then
        told = 'open'
    end
    return tonumber(confirmed) or 0, tonumber(waiting) or 0, tonumber(held) or 0, told
end

local function write_seats(gig, confirmed, waiting, held, told)
    redis.call('HSET', seats_key, gig,
        string.format('%.0f,%.0f,%.0f,%s', confirmed, waiting, held, told))
end


-- Whose turn it is.

local ready = redis.call('GET', ready_key)

if recall and not ready then
    return {'lost'}
end
if ready and not recall then
    return {'ready'}
end

local owner, last, moved = (redis.call('GET', rebuild_key) or ''):match('^(%S+) (%d+) (%d+)$')

redis.call('HLEN', seats_key)
redis.call('HLEN', judge_key)
redis.call('XLEN', changes_key)
redis.call('HLEN', stages_key)

local version, digest = unpack(redis.call('HMGET', catalog_key, 'version', 'digest'))

if what == 'begin' then
    if owner and owner ~= fence and now - tonumber(moved) < takeover then
        return {'busy'}
    end
    -- What is held lies in `applications`, which may have survived; the rest comes anew.
    for _, gig in ipairs(redis.call('HKEYS', seats_key)) do
        local _, _, held, told = seats_of(gig)
        write_seats(gig, 0, 0, held, told)
    end
    return move(0)
end

if not recall and (owner ~= fence or not step or tonumber(last) ~= step - 1) then
    return {'lost'}
end


-- Arguments in groups of `width` from `from` on, all checked before the first write.

local function check(from, width, right)
    local count = (#ARGV - from + 1) / width
    if count % 1 ~= 0 or count > items_max then
        return false
    end
    for i = from, #ARGV, width do
        if not right(i) then
            return false
        end
    end
    return true
end

local wrong = redis.error_reply('ERR gig: wrong arguments of rebuild, see docs/redis-schema.md')

if what == 'seats' then
    if not check(4, 3, function (i)
            return ARGV[i + 1]:find('^%d+$') and ARGV[i + 2]:find('^%d+$')
        end)
    then
        return wrong
    end
    for i = 4, #ARGV, 3 do
        local _, _, held, told = seats_of(ARGV[i])
        write_seats(ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), held, told)
    end
    return move(step)
end

if what == 'stages' then
    if not check(4, 2, function (i)
            return #ARGV[i + 1] <= stages_max
                and not (ARGV[i + 1] .. ' '):gsub('[%l_]+,%d+ ', ''):find('.')
        end)
    then
        return wrong
    end
    for i = 4, #ARGV, 2 do
        redis.call(recall and 'HSETNX' or 'HSET', stages_key, ARGV[i], ARGV[i + 1])
    end
    return move(step)
end

if what == 'known' then
    local ttl = ARGV[4] or ''
    if not ttl:find('^[1-9]%d*$') or #KEYS ~= 7 + (#ARGV - 4) / 4
        or not check(5, 8, function (i)
            local at_key = 8 + (i - 5) / 4
            redis.call('HLEN', KEYS[at_key])
            redis.call('GET', KEYS[at_key + 1])
            return (ARGV[i] == 'apply' or ARGV[i] == 'withdraw') and ARGV[i + 6]:find('^%d+$')
                and ARGV[i + 7]:find('^[01]$')
        end)
    then
        return wrong
    end

    for i = 5, #ARGV, 8 do
        local op, id, content, gig, who, outcome, at, withdrawn = unpack(ARGV, i, i + 7)
        local id_key, who_key = KEYS[8 + (i - 5) / 4], KEYS[9 + (i - 5) / 4]

        if op == 'apply' then
            local words = {waitlisted = 1, over = 1, late = 1}
            local seat = words[outcome] and outcome or 'reserved'
            -- What survived keeps its first outcome; of an id's records the first one given is it.
            if redis.call('HSETNX', id_key, 'print', content) == 1 then
                redis.call('HSET', id_key, 'gig', gig, 'who', who, 'seat', seat, 'flags', '',
                    'at', at)
                if outcome ~= '' then
                    redis.call('HSET', id_key, 'outcome', outcome)
                end
            end
            redis.call('HSET', id_key, 'apply:' .. content, 'settled')
        end
        if op == 'withdraw' or withdrawn == '1' then
            redis.call('HSET', id_key, 'withdrawn', '1', 'withdraw:', 'settled')
            if outcome == 'asked' then
                redis.call('HSET', id_key, 'outcome', outcome)
            end
        elseif gig ~= '' and who ~= '' and outcome ~= 'over' and outcome ~= 'late' then
            -- Of what has no seat there is nothing to share, as judge.lua has it.
            redis.call('SET', who_key, id, 'EX', ttl, 'NX')
        end
        redis.call('EXPIRE', id_key, ttl)
    end
    return move(step)
end

if what == 'finish' then
    local nonce = ARGV[4] or ''
    if #nonce < 1 or #nonce > 63 or not ARGV[5] then
        return wrong
    end
    if not version or tonumber(version) < 1 or digest ~= ARGV[5] then
        return {'stale'}
    end

    -- The judge lines are whole now, so what seats mean can be said.
    for _, gig in ipairs(redis.call('HKEYS', seats_key)) do
        local confirmed, waiting, held, told = seats_of(gig)
        local judged = redis.call('HGET', judge_key, gig)
        local cap, on_full = (judged or ''):match('^[^,]*,[^,]*,(%d+),(%l*)')
        local state = 'open'
        if cap and (waiting > 0 or confirmed + held >= tonumber(cap)) then
            state = on_full == 'close' and 'full' or 'waitlist'
        end
        if state ~= told then
            write_seats(gig, confirmed, waiting, held, state)
            if judged then
                redis.call('XADD', changes_key, 'MAXLEN', '~', changes_kept, '*',
                    'v', version, 'op', 'seats', 'id', gig, 'seats', state)
            end
        end
    end

    redis.call('SET', ready_key, nonce)
    redis.call('DEL', rebuild_key)
    return {'ready'}
end

return wrong
